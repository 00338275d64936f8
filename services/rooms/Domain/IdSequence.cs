namespace LiveStream.Rooms.Domain;

/// <summary>An id and the moment that it carries.</summary>
internal readonly record struct Stamp(string Id, DateTimeOffset At);

/// <summary>
/// Makes ids that ascend even where the clock stands or steps back, so that "newest first" is the order of creation and a
/// page that ends at an id never has rows appear behind it. Safe from several threads.
/// </summary>
internal sealed class IdSequence(TimeProvider time)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _last = DateTimeOffset.MinValue;

    /// <summary>The next id. Its time is the clock's, or just after the id before it.</summary>
    public Stamp Next()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            _last = now >= _last + ObjectId.Resolution ? now : _last + ObjectId.Resolution;
            return new Stamp(ObjectId.New(_last), _last);
        }
    }
}
