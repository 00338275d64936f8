using LiveStream.Contracts.Webhooks.V1;

namespace LiveStream.Contracts.Webhooks;

/// <summary>The <c>WebhooksControl</c> service of <c>Protos/webhooks_control.proto</c>.</summary>
public interface IWebhooksControl
{
    /// <summary>The workspace's signing secret, the same at every call until it is rotated.</summary>
    Task<SigningSecret> GetSigningSecretAsync(GetSigningSecretRequest request, CancellationToken cancellationToken);
}
