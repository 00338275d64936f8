namespace LiveStream.Signalling.Hosts;

/// <summary>Names this life of the process; empty where it is the only one.</summary>
internal sealed record NodeLease(string Id)
{
    /// <summary>Other processes can do what this one does.</summary>
    public bool IsOneOfSeveral => Id.Length > 0;
}
