using System.Runtime.InteropServices;

namespace LiveStream.Storage;

/// <summary>Files that only their owner may read (mode 600).</summary>
public static partial class PrivateFile
{
    private const int Exists = 17; // EEXIST

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

            if (overwrite) File.Move(temporary, path, overwrite);
            else MoveIfMissing(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    // A link is made or is not; moving looks first whether there is a file, and several who find none overwrite each other's.
    private static void MoveIfMissing(string from, string to)
    {
        if (!OperatingSystem.IsWindows())
        {
            if (Link(from, to) == 0) return;
            if (Marshal.GetLastPInvokeError() == Exists) throw new IOException($"{to} is there already");
        }

        // Windows, and file systems without links.
        File.Move(from, to, overwrite: false);
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);

    private static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }
}
