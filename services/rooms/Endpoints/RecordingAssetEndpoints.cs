using LiveStream.Hosting.Errors;
using LiveStream.Objects;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Endpoints.Rest;
using LiveStream.Rooms.Recordings;
using LiveStream.Rooms.Tokens;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LiveStream.Rooms.Endpoints;

/// <summary>Files of streams and recordings, and links to them.</summary>
internal static class RecordingAssetEndpoints
{
    public const string Prefix = "/v2/recording-assets";

    private const int DefaultPresignSeconds = 3 * 24 * 60 * 60;
    private const int MaxPresignSeconds = 7 * 24 * 60 * 60;

    public static void MapRecordingAssets(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Prefix).AddEndpointFilter(new RequireToken(TokenType.Management));
        group.MapGet("", ListAssets);
        group.MapGet("/{asset_id}", GetAsset);
        group.MapGet("/{asset_id}/presigned-url", PresignAsset);
    }

    private static async Task<JsonHttpResult<AssetPageDto>> ListAssets(HttpContext http, AssetStore assets, IObjectStore store, CancellationToken cancellationToken)
    {
        var query = new QueryFields(http.Request);
        var page = query.Page();
        var filter = new AssetFilter(
            query.Id("room_id"), query.Id("session_id"), query.OneOf("status", [.. AssetStatuses.All]), query.OneOf("type", [.. AssetTypes.All]));
        var found = await assets.ListAsync(RestCaller.Of(http).Workspace.CustomerId, filter, page.Start, page.Limit, cancellationToken);
        var data = found.Select(asset => AssetDto.Of(asset, store)).ToArray();
        return TypedResults.Json(new AssetPageDto(page.Limit, data, data.Length > 0 ? data[^1].Id : ""), HistoryRestJson.Default.AssetPageDto);
    }

    private static async Task<JsonHttpResult<AssetDto>> GetAsset(
        string asset_id, HttpContext http, AssetStore assets, IObjectStore store, CancellationToken cancellationToken) =>
        TypedResults.Json(AssetDto.Of(await AssetAsync(http, assets, asset_id, cancellationToken), store), HistoryRestJson.Default.AssetDto);

    private static async Task<JsonHttpResult<PresignedUrlDto>> PresignAsset(
        string asset_id, HttpContext http, AssetStore assets, IObjectStore store, ObjectLinks links, CancellationToken cancellationToken)
    {
        var seconds = new QueryFields(http.Request).Whole("presign_duration", 1, MaxPresignSeconds) ?? DefaultPresignSeconds;
        var asset = await AssetAsync(http, assets, asset_id, cancellationToken);
        if (asset.Status != AssetStatuses.Completed) throw new ApiException(StatusCodes.Status404NotFound, "recording asset not ready");
        var url = await links.LinkAsync(asset, TimeSpan.FromSeconds(seconds), cancellationToken);
        return TypedResults.Json(
            new PresignedUrlDto(asset.Id, store.PathOf(asset.ObjectKey), url, seconds), HistoryRestJson.Default.PresignedUrlDto);
    }

    private static async Task<RecordingAsset> AssetAsync(HttpContext http, AssetStore assets, string assetId, CancellationToken cancellationToken) =>
        await assets.FindAsync(RestCaller.Of(http).Workspace.CustomerId, assetId, cancellationToken)
            ?? throw new ApiException(StatusCodes.Status404NotFound, "recording asset not found");
}
