namespace LiveStream.Rooms.Setup;

/// <summary>The workspace of this installation, there once the host has started.</summary>
public sealed class EmbeddedWorkspace
{
    private WorkspaceFile? _current;

    /// <summary>Keys and codes. Fails with <see cref="InvalidOperationException"/> before the start.</summary>
    public WorkspaceFile Current => _current ?? throw new InvalidOperationException("The host has not started yet.");

    /// <summary>Whether the database is open and the workspace is there.</summary>
    public bool IsReady => _current is not null;

    internal void Set(WorkspaceFile current) => _current = current;
}
