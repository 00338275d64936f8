using LiveStream.Hosting.Errors;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Endpoints.Rest;
using LiveStream.Rooms.Templates;
using LiveStream.Rooms.Templates.Reading;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LiveStream.Rooms.Endpoints;

/// <summary>Parts of a template: roles, settings, destinations, recordings. What a body leaves out stays as it is.</summary>
internal static class TemplatePartEndpoints
{
    public static void MapTemplateParts(this RouteGroupBuilder template)
    {
        template.MapGet("/roles/{role_name}", GetRole);
        template.MapPost("/roles/{role_name}", SetRole);
        template.MapDelete("/roles/{role_name}", DeleteRole);
        template.MapGet("/settings", GetSettings);
        template.MapPost("/settings", SetSettings);
        template.MapGet("/destinations", GetDestinations);
        template.MapPost("/destinations", SetDestinations);
        template.MapGet("/recordings", GetRecordings);
        template.MapPost("/recordings", SetRecordings);
    }

    private static async Task<JsonHttpResult<Role>> GetRole(
        string template_id, string role_name, HttpContext http, TemplateStore store, CancellationToken cancellationToken)
    {
        var template = await FindAsync(template_id, http, store, cancellationToken);
        return Json(template.FindRole(role_name) ?? throw new ApiException(404, "role not found"));
    }

    private static async Task<JsonHttpResult<Role>> SetRole(
        string template_id, string role_name, HttpContext http, TemplateStore store, CancellationToken cancellationToken)
    {
        if (RoleReader.RuleBrokenBy(role_name) is { } rule) throw TemplateRefusal.Of([$"role_name: {rule}"]);
        var patch = TemplateReader.ReadRole(await BodyAsync(http, cancellationToken)).OrRefuse();
        var template = await store.SetRoleAsync(CustomerOf(http), template_id, role_name, patch, cancellationToken) ?? throw NoTemplate();
        return Json(template.FindRole(patch.Name ?? role_name)!);
    }

    private static async Task<NoContent> DeleteRole(
        string template_id, string role_name, HttpContext http, TemplateStore store, CancellationToken cancellationToken)
    {
        _ = await store.RemoveRoleAsync(CustomerOf(http), template_id, role_name, cancellationToken) ?? throw NoTemplate();
        return TypedResults.NoContent();
    }

    private static async Task<JsonHttpResult<TemplateSettings>> GetSettings(
        string template_id, HttpContext http, TemplateStore store, CancellationToken cancellationToken) =>
        Json(await FindAsync(template_id, http, store, cancellationToken));

    private static async Task<JsonHttpResult<TemplateSettings>> SetSettings(
        string template_id, HttpContext http, TemplateStore store, CancellationToken cancellationToken)
    {
        var patch = TemplateReader.ReadSettings(await BodyAsync(http, cancellationToken)).OrRefuse();
        var edited = await store.EditAsync(CustomerOf(http), template_id, (document, errors) => TemplateEdits.SetSettings(document, patch, errors), cancellationToken);
        return Json(edited ?? throw NoTemplate());
    }

    private static async Task<JsonHttpResult<Destinations>> GetDestinations(
        string template_id, HttpContext http, TemplateStore store, CancellationToken cancellationToken) =>
        Json((await FindAsync(template_id, http, store, cancellationToken)).Document.Destinations);

    private static async Task<JsonHttpResult<Destinations>> SetDestinations(
        string template_id, HttpContext http, TemplateStore store, CancellationToken cancellationToken)
    {
        var patch = TemplateReader.ReadDestinations(await BodyAsync(http, cancellationToken)).OrRefuse();
        var edited = await store.EditAsync(
            CustomerOf(http), template_id, (document, errors) => TemplateEdits.SetDestinations(document, patch, errors), cancellationToken);
        return Json((edited ?? throw NoTemplate()).Document.Destinations);
    }

    private static async Task<JsonHttpResult<IReadOnlyList<RecordingConfig>>> GetRecordings(
        string template_id, HttpContext http, TemplateStore store, CancellationToken cancellationToken)
    {
        var template = await FindAsync(template_id, http, store, cancellationToken);
        return Json([.. template.Document.Recordings.Select(recording => recording.WithCompositorShown())]);
    }

    private static async Task<JsonHttpResult<IReadOnlyList<RecordingConfig>>> SetRecordings(
        string template_id, HttpContext http, TemplateStore store, CancellationToken cancellationToken)
    {
        var recordings = TemplateReader.ReadRecordings(await BodyAsync(http, cancellationToken)).OrRefuse();
        var edited = await store.EditAsync(CustomerOf(http), template_id, (document, _) => document with { Recordings = recordings }, cancellationToken);
        return Json((edited ?? throw NoTemplate()).Document.Recordings);
    }

    private static async Task<Template> FindAsync(string templateId, HttpContext http, TemplateStore store, CancellationToken cancellationToken) =>
        await store.FindAsync(CustomerOf(http), templateId, cancellationToken) ?? throw NoTemplate();

    private static string CustomerOf(HttpContext http) => RestCaller.Of(http).Workspace.CustomerId;

    private static Task<byte[]> BodyAsync(HttpContext http, CancellationToken cancellationToken) =>
        JsonBody.ReadBytesAsync(http.Request, TemplateReader.MaxBytes, cancellationToken);

    private static ApiException NoTemplate() => new(404, "template not found");

    private static JsonHttpResult<Role> Json(Role role) => TypedResults.Json(role, TemplateJson.Default.Role);

    private static JsonHttpResult<TemplateSettings> Json(Template template) =>
        TypedResults.Json(template.Document.Settings.Masked(), TemplateJson.Default.TemplateSettings);

    private static JsonHttpResult<Destinations> Json(Destinations destinations) => TypedResults.Json(destinations, TemplateJson.Default.Destinations);

    private static JsonHttpResult<IReadOnlyList<RecordingConfig>> Json(IReadOnlyList<RecordingConfig> recordings) =>
        TypedResults.Json(recordings, TemplateJson.Default.IReadOnlyListRecordingConfig);
}
