namespace LiveStream.Rpc.Client;

/// <summary>Tells of every call that the other side serves. A status that comes alone, or an answer that is no gRPC, says nothing of the kind.</summary>
internal sealed class ReachedHandler(HttpMessageHandler inner, Action reached) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType == "application/grpc" && !response.Headers.Contains("grpc-status")) reached();
        return response;
    }
}
