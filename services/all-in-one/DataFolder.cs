namespace LiveStream.AllInOne;

/// <summary>
/// The data folder belongs to one process at a time: a second one would end the first one's streams and sessions as those of a process
/// that is gone. Held until the process ends, however it ends.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const string LockName = "livestream.lock";

    // EWOULDBLOCK: what the system answers to a second lock is the code of the exception.
    private const int WouldBlock = 11;

    private readonly FileStream _lock;

    private DataFolder(FileStream taken) => _lock = taken;

    /// <summary>Takes the folder, and makes it where it is not there.</summary>
    /// <exception cref="InvalidOperationException">Another process has it, or it cannot be written to.</exception>
    public static DataFolder Take(string path)
    {
        var folder = Path.GetFullPath(path);
        var file = Path.Combine(folder, LockName);
        try
        {
            Directory.CreateDirectory(folder);
            return new DataFolder(new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new InvalidOperationException($"{folder} cannot be written to.", e);
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            throw new InvalidOperationException($"{folder} is in use by another LiveStream: stop that one, or choose another folder by --data.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();
}
