namespace LiveStream.Storage;

/// <summary>Settings of sessions at PostgreSQL that every service needs.</summary>
public static class PostgresSessions
{
    // 5 s, and three probes of 2 s. The last is for what was sent and is not acknowledged, while which no probe is sent.
    private static readonly (string Name, int Value)[] s_keepAlive =
    [
        ("tcp_keepalives_idle", 5), ("tcp_keepalives_interval", 2), ("tcp_keepalives_count", 3), ("tcp_user_timeout", 11_000),
    ];

    /// <summary>
    /// Has the server end the session of a machine that is gone without a word within some ten seconds: locks that it holds, leases among
    /// them, would else stay for the two hours that operating systems take. What the options say already stays.
    /// </summary>
    /// <param name="options">As of the connection string's <c>Options</c>; null for none.</param>
    public static string WithKeepAlive(string? options)
    {
        foreach (var (name, value) in s_keepAlive)
            if (options?.Contains(name, StringComparison.Ordinal) != true) options = $"{options} -c {name}={value}".TrimStart();
        return options!;
    }
}
