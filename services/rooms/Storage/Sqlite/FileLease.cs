using LiveStream.Hosting.Bus;
using LiveStream.Storage;

namespace LiveStream.Rooms.Storage.Sqlite;

/// <summary>A lease by a lock on a file beside the database: the operating system ends it with the process.</summary>
internal sealed class FileLease : IEventLease
{
    private readonly FileStream _file;

    private FileLease(FileStream file) => _file = file;

    /// <summary>The lease, or null while another process has it.</summary>
    public static FileLease? TryTake(string path)
    {
        try
        {
            PrivateFile.CreateIfMissing(path);
            return new FileLease(new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    public Task<bool> IsHeldAsync(CancellationToken cancellationToken) => Task.FromResult(true);

    public ValueTask DisposeAsync() => _file.DisposeAsync();
}
