namespace LiveStream.Storage;

/// <summary>Files that only their owner may read (mode 600).</summary>
public static class PrivateFile
{
    /// <summary>Makes an empty file; leaves one that is there as it is.</summary>
    public static void CreateIfMissing(string path)
    {
        if (File.Exists(path)) return;
        using var file = Open(path, FileMode.OpenOrCreate);
    }

    /// <summary>Writes the whole file or nothing: readers see the old one or the new one.</summary>
    public static void WriteAtomically(string path, ReadOnlySpan<byte> content) => Write(path, content, overwrite: true);

    /// <summary>Writes a file that is not there yet, whole or not at all; false where it is.</summary>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            Write(path, content, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    private static void Write(string path, ReadOnlySpan<byte> content, bool overwrite)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var file = Open(temporary, FileMode.CreateNew))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }
}
