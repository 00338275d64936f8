namespace LiveStream.Contracts.Recording;

/// <summary>Names of a recorded run's objects in the store, from its path <c>customer/room/yyyymmdd/epoch_ms</c>.</summary>
public static class RecordingKeys
{
    private const string JournalFolder = "journal";

    /// <summary>The folder of everything of the run: <c>customer/hls/room/yyyymmdd/epoch_ms/vod</c>. Fails with <see cref="ArgumentException"/> for another path.</summary>
    public static string FolderOf(string path) => path.Split('/') is [var customer, var room, var date, var epoch]
        ? $"{customer}/hls/{room}/{date}/{epoch}/vod"
        : throw new ArgumentException("not the path of a run", nameof(path));

    /// <summary>The folder of the journal's pages.</summary>
    public static string JournalOf(string path) => $"{FolderOf(path)}/{JournalFolder}";

    /// <summary>One page of the journal; in the order of their numbers when sorted by name.</summary>
    public static string JournalPage(string path, int number) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{JournalOf(path)}/{number:d8}.json");

    /// <summary>The zip of everything.</summary>
    public static string ZipOf(string path)
    {
        var parts = path.Split('/');
        return $"{FolderOf(path)}/Rec-{parts[1]}-{parts[3]}.zip";
    }
}
