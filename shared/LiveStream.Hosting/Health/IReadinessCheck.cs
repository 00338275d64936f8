namespace LiveStream.Hosting.Health;

/// <summary>
/// One condition of <c>GET /readyz</c>. Register as a singleton; every registered check must pass. Called at each
/// request of the endpoint, so it looks at state and does no slow work.
/// </summary>
public interface IReadinessCheck
{
    /// <summary>Name in the reply, for example <c>rooms</c>.</summary>
    string Name { get; }

    /// <summary>Null when ready, else the reason why not.</summary>
    ValueTask<string?> WhyNotReadyAsync(CancellationToken cancellationToken);
}
