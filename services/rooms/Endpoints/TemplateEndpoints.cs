using LiveStream.Hosting.Errors;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Endpoints.Rest;
using LiveStream.Rooms.Templates;
using LiveStream.Rooms.Templates.Reading;
using LiveStream.Rooms.Tokens;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LiveStream.Rooms.Endpoints;

/// <summary>Templates: made or overwritten by name, replaced as a whole, listed; there is no call that deletes one.</summary>
internal static class TemplateEndpoints
{
    public const string Prefix = "/v2/templates";

    public static void MapTemplates(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Prefix).AddEndpointFilter(new RequireToken(TokenType.Management));
        group.MapPost("", SaveByName);
        group.MapGet("", ListTemplates);
        var template = group.MapGroup("/{template_id}");
        template.MapGet("", GetTemplate);
        template.MapPost("", ReplaceTemplate);
        template.MapTemplateParts();
    }

    private static async Task<JsonHttpResult<TemplateDto>> SaveByName(HttpContext http, TemplateStore store, CancellationToken cancellationToken)
    {
        var workspace = RestCaller.Of(http).Workspace;
        var body = await JsonBody.ReadBytesAsync(http.Request, TemplateReader.MaxBytes, cancellationToken);
        var template = await store.SaveByNameAsync(workspace.CustomerId, TemplateReader.ReadNew(body).OrRefuse(), cancellationToken);
        return Json(template, workspace);
    }

    private static async Task<JsonHttpResult<TemplatePageDto>> ListTemplates(HttpContext http, TemplateStore store, CancellationToken cancellationToken)
    {
        var query = new QueryFields(http.Request);
        var page = query.Page();
        var filter = new TemplateFilter(query.Id("id"), query.Text("name"), query.Flag("default"));
        var workspace = RestCaller.Of(http).Workspace;
        var found = await store.ListAsync(workspace.CustomerId, filter, page.Start, page.Limit, cancellationToken);
        var data = found.Select(template => TemplateDto.Of(template, workspace)).ToArray();
        return TypedResults.Json(new TemplatePageDto(page.Limit, data, data.Length > 0 ? data[^1].Id : ""), TemplateJson.Default.TemplatePageDto);
    }

    private static async Task<JsonHttpResult<TemplateDto>> GetTemplate(
        string template_id, HttpContext http, TemplateStore store, CancellationToken cancellationToken)
    {
        var workspace = RestCaller.Of(http).Workspace;
        return Json(await store.FindAsync(workspace.CustomerId, template_id, cancellationToken), workspace);
    }

    private static async Task<JsonHttpResult<TemplateDto>> ReplaceTemplate(
        string template_id, HttpContext http, TemplateStore store, CancellationToken cancellationToken)
    {
        var workspace = RestCaller.Of(http).Workspace;
        var body = await JsonBody.ReadBytesAsync(http.Request, TemplateReader.MaxBytes, cancellationToken);
        var request = TemplateReader.ReadReplacement(body).OrRefuse();
        return Json(await store.ReplaceAsync(workspace.CustomerId, template_id, request, cancellationToken), workspace);
    }

    private static JsonHttpResult<TemplateDto> Json(Template? template, Workspace workspace) => template is null
        ? throw new ApiException(StatusCodes.Status404NotFound, "template not found")
        : TypedResults.Json(TemplateDto.Of(template, workspace), TemplateJson.Default.TemplateDto);
}
