namespace LiveStream.Hosting.Health;

/// <summary>
/// One condition of <c>GET /readyz</c>. Register as a singleton; every required check must pass. Called at each
/// request of the endpoint, so it looks at state and does no slow work.
/// </summary>
public interface IReadinessCheck
{
    /// <summary>Name in the reply, for example <c>rooms</c>.</summary>
    string Name { get; }

    /// <summary>False for what the process can do without for a while: it is told in the reply, which stays 200.</summary>
    bool IsRequired => true;

    /// <summary>Null when ready, else the reason why not.</summary>
    ValueTask<string?> WhyNotReadyAsync(CancellationToken cancellationToken);
}
