namespace LiveStream.Signalling.Media;

/// <summary>
/// When the subscribe connection of one peer is offered anew: whenever something has changed, but one offer at a time, as
/// clients do not queue them. A state machine without I/O, safe for concurrent use.
/// </summary>
internal sealed class SubscribeNegotiation
{
    private readonly Lock _lock = new();
    private bool _isAsking;
    private bool _isStale;
    private bool _isRestart;
    private bool _isOver;
    private string? _outstanding;

    /// <summary>The offer that the client has not answered; null when there is none.</summary>
    public string? Outstanding
    {
        get { lock (_lock) return _outstanding; }
    }

    /// <summary>The client may have to receive something else.</summary>
    public void Change()
    {
        lock (_lock) _isStale = true;
    }

    /// <summary>The client is not heard any more: the next offer restarts ICE.</summary>
    public void Restart()
    {
        lock (_lock) (_isStale, _isRestart) = (true, true);
    }

    /// <summary>Whether the media server is to be asked for an offer now. True is followed by <see cref="Offered"/> or <see cref="Failed"/>.</summary>
    /// <param name="isRestart">By the offer ICE restarts.</param>
    public bool TryBegin(out bool isRestart)
    {
        lock (_lock)
        {
            isRestart = _isRestart;
            if (!_isStale || _isAsking || _isOver || _outstanding is not null) return false;
            (_isAsking, _isStale, _isRestart) = (true, false, false);
            return true;
        }
    }

    /// <summary>The media server's offer; empty when the client has everything.</summary>
    /// <returns>Whether it goes to the client.</returns>
    public bool Offered(string sdp)
    {
        lock (_lock)
        {
            _isAsking = false;
            if (sdp.Length == 0 || _isOver) return false;
            _outstanding = sdp;
            return true;
        }
    }

    /// <summary>The media server did not make one; it is to be asked again.</summary>
    public void Failed(bool isRestart)
    {
        lock (_lock) (_isAsking, _isStale, _isRestart) = (false, true, _isRestart || isRestart);
    }

    /// <summary>The client's answer was taken.</summary>
    public void Answered()
    {
        lock (_lock) _outstanding = null;
    }

    /// <summary>Whether the client's answer was taken is not known: the media server is asked, and offers anew if it was not.</summary>
    public void Doubt()
    {
        lock (_lock) (_outstanding, _isStale) = (null, true);
    }

    /// <summary>Nothing is offered any more.</summary>
    public void End()
    {
        lock (_lock) (_isOver, _outstanding) = (true, null);
    }
}
