using LiveStream.Contracts.Webhooks;
using LiveStream.Contracts.Webhooks.V1;

namespace LiveStream.Rooms.Setup;

/// <summary>A process without webhooks: no secret signs anything.</summary>
internal sealed class NoWebhooks : IWebhooksControl
{
    public Task<SigningSecret> GetSigningSecretAsync(GetSigningSecretRequest request, CancellationToken cancellationToken) => Task.FromResult(new SigningSecret());
}
