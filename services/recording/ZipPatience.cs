using LiveStream.Objects;

namespace LiveStream.Recording;

/// <summary>
/// Decides when a recording is reported without its zip. A store that is away is waited for, as a zip can be made later; but
/// one that takes playlists and not the zip, time and again, would keep all later recordings from being made. Recordings
/// are made one after the other, so one is remembered; used by one thread at a time.
/// </summary>
/// <param name="time">Clock.</param>
internal sealed class ZipPatience(TimeProvider time)
{
    /// <summary>Failures that a zip has at least before it is given up.</summary>
    public const int Tries = 5;

    /// <summary>How long after its first failure a zip is tried at least. Later recordings wait meanwhile.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    private string _streamId = "";
    private int _failures;
    private long _since;
    private bool _over;

    /// <summary>The zip has been given up, and the recording was not reported yet.</summary>
    public bool IsOver(string streamId) => _over && streamId == _streamId;

    /// <summary>The zip failed by <paramref name="error"/>; whether it is given up. At once where there is no room: each try would fill the disk.</summary>
    public bool Failed(string streamId, Exception error)
    {
        if (streamId != _streamId) (_streamId, _failures, _since, _over) = (streamId, 0, time.GetTimestamp(), false);
        _failures++;
        _over = error is ObjectStoreException { IsFull: true } || (_failures >= Tries && time.GetElapsedTime(_since) >= Limit);
        return _over;
    }
}
