using System.Globalization;
using System.Runtime.CompilerServices;

namespace LiveStream.Objects;

/// <summary>Objects as files below one folder, named by their keys. A file has another name until it is whole.</summary>
internal sealed class FolderObjectStore(string folder) : IObjectStore
{
    // No key begins with a dot, so no object is ever found in it.
    private const string UnfinishedFolder = ".unfinished";
    private const int BlockSize = 128 * 1024;
    // What others write to the same disk meanwhile.
    private const long Reserve = 64L << 20;

    private readonly string _root = Path.GetFullPath(folder);

    public Task PutAsync(string key, string contentType, IReadOnlyList<byte[]> content, CancellationToken cancellationToken) => WriteAsync(
        key,
        async (file, cancel) =>
        {
            foreach (var block in content) await file.WriteAsync(block, cancel).ConfigureAwait(false);
        },
        durable: false,
        cancellationToken);

    public Task<long> UploadAsync(string key, string contentType, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken) =>
        WriteAsync(key, (file, cancel) => write(new ForwardStream(file), cancel), durable: true, cancellationToken);

    public Task<StoredObject?> OpenAsync(string key, CancellationToken cancellationToken) => Guarded(() =>
    {
        var file = new FileInfo(PathTo(key));
        // A link could lead out of the folder.
        if (!file.Exists || file.LinkTarget is not null) return Task.FromResult<StoredObject?>(null);
        try
        {
            var content = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BlockSize, FileOptions.Asynchronous);
            var tag = string.Create(CultureInfo.InvariantCulture, $"\"{file.LastWriteTimeUtc.Ticks:x}-{content.Length:x}\"");
            return Task.FromResult<StoredObject?>(new StoredObject(content, content.Length, ObjectTypes.Of(key), tag, file.LastWriteTimeUtc));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<StoredObject?>(null);
        }
    });

    public async IAsyncEnumerable<string> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var top = new DirectoryInfo(PathTo(folder));
        var found = await Guarded(() => Task.FromResult(top.Exists
            ? top.EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }).Select(file => file.FullName).ToList()
            : [])).ConfigureAwait(false);
        foreach (var path in found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return Path.GetRelativePath(_root, path).Replace(Path.DirectorySeparatorChar, '/');
        }
    }

    public Task<string?> PresignAsync(string key, TimeSpan lifetime, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    public void RequireRoom(long bytes)
    {
        long free;
        try
        {
            Directory.CreateDirectory(_root);
            free = new DriveInfo(_root).AvailableFreeSpace;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            // Writing will tell.
            return;
        }

        if (free - Reserve < bytes) throw new ObjectStoreException($"{bytes} bytes have no room on the disk of {_root}: it has {free} free") { IsFull = true };
    }

    public string PathOf(string key) => $"folder://recordings/{key}";

    private Task<long> WriteAsync(string key, Func<FileStream, CancellationToken, Task> write, bool durable, CancellationToken cancellationToken) => Guarded(async () =>
    {
        var path = PathTo(key);
        var unfinished = Path.Combine(_root, UnfinishedFolder, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Directory.CreateDirectory(Path.GetDirectoryName(unfinished)!);
        long length;
        try
        {
            await using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, BlockSize, FileOptions.Asynchronous))
            {
                await write(file, cancellationToken).ConfigureAwait(false);
                await file.FlushAsync(cancellationToken).ConfigureAwait(false);
                // What is announced to the world survives a crash of the machine, too.
                if (durable) file.Flush(flushToDisk: true);
                length = file.Length;
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }

        return length;
    });

    private string PathTo(string key) => Path.Combine(_root, ObjectKey.Require(key));

    private static async Task<T> Guarded<T>(Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException and not ObjectStoreException))
        {
            throw new ObjectStoreException(e.Message, e);
        }
    }
}
