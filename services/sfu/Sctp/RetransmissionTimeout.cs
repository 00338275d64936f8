namespace LiveStream.Sfu.Sctp;

/// <summary>How long to wait for an acknowledgement, from measured round trips (RFC 9260 §6.3.1). Pure.</summary>
internal sealed class RetransmissionTimeout(SctpSettings settings)
{
    private double _smoothed, _variation;
    private bool _measured;

    /// <summary>The wait.</summary>
    public TimeSpan Current { get; private set; } = settings.InitialTimeout;

    /// <summary>A round trip was measured, on a chunk that was sent once.</summary>
    public void OnRoundTrip(TimeSpan roundTrip)
    {
        var sample = Math.Max(roundTrip.TotalSeconds, 0);
        if (_measured)
        {
            _variation = 0.75 * _variation + 0.25 * Math.Abs(_smoothed - sample);
            _smoothed = 0.875 * _smoothed + 0.125 * sample;
        }
        else
        {
            (_smoothed, _variation, _measured) = (sample, sample / 2, true);
        }

        Current = Clamp(TimeSpan.FromSeconds(_smoothed + 4 * _variation));
    }

    /// <summary>The wait was in vain (§6.3.3 E2).</summary>
    public void Double() => Current = Clamp(2 * Current);

    private TimeSpan Clamp(TimeSpan value) =>
        value < settings.MinimumTimeout ? settings.MinimumTimeout : value > settings.MaximumTimeout ? settings.MaximumTimeout : value;
}
