using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace LiveStream.Testing.Rtc;

/// <summary>A refused WHIP or WHEP request.</summary>
public sealed class WhipException(HttpStatusCode status, string body) : Exception($"{(int)status} {status}: {body}")
{
    /// <summary>The status of the reply.</summary>
    public HttpStatusCode Status { get; } = status;

    /// <summary>The body of the reply.</summary>
    public string Body { get; } = body;
}

/// <summary>A session that the server created.</summary>
/// <param name="Location">Absolute session URL.</param>
/// <param name="Answer">SDP answer.</param>
/// <param name="ETag">Tag of the ICE session, or null.</param>
/// <param name="Links">Link headers, such as ICE servers.</param>
public sealed record WhipSession(Uri Location, string Answer, string? ETag, IReadOnlyList<string> Links);

/// <summary>The HTTP half of WHIP (RFC 9725) and WHEP: POST offer, PATCH fragment, DELETE session.</summary>
public sealed class WhipClient(HttpClient http, string bearerToken)
{
    /// <summary>POSTs an offer to an endpoint; anything but 201 throws <see cref="WhipException"/>.</summary>
    public async Task<WhipSession> PostAsync(Uri endpoint, string offer, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Post, endpoint);
        request.Content = Text(offer, "application/sdp");
        using var reply = await http.SendAsync(request, cancellationToken);
        var body = await reply.Content.ReadAsStringAsync(cancellationToken);
        if (reply.StatusCode != HttpStatusCode.Created) throw new WhipException(reply.StatusCode, body);
        if (reply.Content.Headers.ContentType?.MediaType != "application/sdp")
            throw new WhipException(reply.StatusCode, $"The answer is {reply.Content.Headers.ContentType}, not application/sdp.");
        var location = reply.Headers.Location ?? throw new WhipException(reply.StatusCode, "The reply has no Location.");
        var links = reply.Headers.TryGetValues("Link", out var values) ? values.ToArray() : [];
        return new WhipSession(new Uri(endpoint, location), body, reply.Headers.ETag?.ToString(), links);
    }

    /// <summary>PATCHes a trickle-ICE fragment (RFC 8840); returns the status, the body and the new tag.</summary>
    public async Task<(HttpStatusCode Status, string Body, string? ETag)> PatchAsync(
        WhipSession session, string fragment, string? ifMatch, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Patch, session.Location);
        request.Content = Text(fragment, "application/trickle-ice-sdpfrag");
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        using var reply = await http.SendAsync(request, cancellationToken);
        return (reply.StatusCode, await reply.Content.ReadAsStringAsync(cancellationToken), reply.Headers.ETag?.ToString());
    }

    /// <summary>Ends the session; returns the status.</summary>
    public async Task<HttpStatusCode> DeleteAsync(WhipSession session, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Delete, session.Location);
        using var reply = await http.SendAsync(request, cancellationToken);
        return reply.StatusCode;
    }

    private HttpRequestMessage Request(HttpMethod method, Uri uri) =>
        new(method, uri) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", bearerToken) } };

    // Servers may insist on the bare media type: no charset parameter.
    private static ByteArrayContent Text(string text, string mediaType) =>
        new(Encoding.UTF8.GetBytes(text)) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } };
}
