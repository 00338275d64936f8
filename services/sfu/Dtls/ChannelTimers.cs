namespace LiveStream.Sfu.Dtls;

/// <summary>
/// The timers of the data channels of a <see cref="DtlsLoop"/>. Only those with packets that wait for an answer are looked at:
/// an idle channel costs nothing. Belongs to the loop's thread.
/// </summary>
internal sealed class ChannelTimers
{
    private readonly List<DtlsAssociation> _timed = [];

    /// <summary>Looks after an association from now on if it has a timer.</summary>
    public void Watch(DtlsAssociation association)
    {
        if (association.IsTimed || association.Channels?.NextDue is null) return;
        association.IsTimed = true;
        _timed.Add(association);
    }

    /// <summary>Works off what is due. Returns how long until the next is, null while no timer runs.</summary>
    public TimeSpan? Handle()
    {
        TimeSpan? next = null;
        for (var i = _timed.Count - 1; i >= 0; i--)
        {
            var association = _timed[i];
            var now = association.Age;
            if (association.Channels is { NextDue: { } due } channels && due <= now) channels.HandleTimeout(now);
            if (association.Channels?.NextDue is not { } left)
            {
                association.IsTimed = false;
                _timed.RemoveAt(i);
                continue;
            }

            left = left > now ? left - now : TimeSpan.Zero;
            if (next is null || left < next) next = left;
        }

        return next;
    }
}
