using LiveStream.Wire.Rtcp;

namespace LiveStream.Sfu.Router.Bandwidth;

/// <summary>
/// What the path to one subscriber carries, from its transport-wide feedback: delay trend and loss lower the estimate,
/// quiet time raises it (after draft-ietf-rmcat-gcc-02). Pure: sent packets, feedback and times in, bits per second out.
/// </summary>
/// <remarks>
/// A forwarder is limited by its sources, so growth is not tied to what was acknowledged; instead it slows down near the
/// rate at which the path was last found full. A queue that builds up while far less is sent than the path carried before
/// (a small picture, a receiver that is busy for a moment) says that there was a queue, not how much the path carries: most
/// of the earlier estimate is tried again soon, and after ever longer pauses where that ends in a queue each time.
/// </remarks>
internal sealed class SendSideEstimator
{
    private const int HistoryLength = 1024, Mask = HistoryLength - 1, TrendWindow = 20;
    private const double MinimumBitrate = 50_000, MaximumBitrate = 50_000_000, InitialBitrate = 3_000_000;
    private const double GrowthPerSecond = 0.25, CautiousGrowthPerSecond = 0.02, BackOff = 0.85;
    private const double OveruseMilliseconds = 12, LossThreshold = 0.1;

    // The path is full when it takes that much longer than sending took; and when what it carried is no less than the estimate by that much.
    private const double FullStretch = 1.35, SourceLimited = 1.5;
    private const long FirstTrial = 5_000_000, LongestTrial = 60_000_000, TrialLength = 10_000_000, AfterQueue = 1_000_000, Forget = 60_000_000;
    private const long LongestInterval = 3_000_000;

    // Made with the first decision that needs them: most subscribers have no layers to choose from.
    private long[]? _sentAt;
    private int[]? _sizes;
    private readonly double[] _delays = new double[TrendWindow];
    private readonly double[] _times = new double[TrendWindow];
    private long _next;
    private int _trendCount;
    private int _trendIndex;
    private double _accumulated;
    private double _smoothed;
    private long _lastSent;
    private long _lastArrival;
    private double _estimate = InitialBitrate;
    private double _fullAt = double.PositiveInfinity;
    private long _lastUpdate;
    private long _lastDecrease;
    private long _ackedBytes;
    private long _ackedSince;
    private double _ackedBitrate;
    private long _sentBytes;
    private double _sentBitrate;

    // What the path was believed to carry before a queue that proves nothing; zero when there is nothing to try.
    private double _untested;
    private long _trialAt;
    private long _trialSince;
    private long _trialPause = FirstTrial;

    /// <summary>Bits per second that the path carries now.</summary>
    public long Bitrate => (long)_estimate;

    /// <summary>Number of the next packet (the header extension carries its low 16 bits); notes when and how much was sent.</summary>
    public ushort OnSend(int bytes, long nowMicroseconds)
    {
        var sequence = _next++;
        if (_sentAt is null) return (ushort)sequence;
        _sentAt[sequence & Mask] = nowMicroseconds;
        _sizes![sequence & Mask] = bytes;
        _sentBytes += bytes;
        return (ushort)sequence;
    }

    /// <summary>Takes one feedback packet of the subscriber.</summary>
    public void OnFeedback(TransportFeedback feedback, long nowMicroseconds)
    {
        if (_sentAt is null || _sizes is null)
        {
            _sentAt = new long[HistoryLength];
            _sizes = new int[HistoryLength];
            return;
        }

        int received = 0, reported = 0;
        foreach (var status in feedback)
        {
            // The newest sent number with these low bits: feedback may begin long after the first packet.
            var sequence = _next - 1 - (ushort)(_next - 1 - status.SequenceNumber);
            if (sequence < 0 || sequence <= _next - HistoryLength) continue;
            if (_sentAt[sequence & Mask] == 0) continue;
            reported++;
            if (!status.Received) continue;
            received++;
            var index = sequence & Mask;
            _ackedBytes += _sizes[index];
            OnArrival(_sentAt[index], (((long)feedback.ReferenceTime * TransportFeedback.TicksPerReference) + status.ArrivalTicks) * TransportFeedback.TickMicroseconds);
        }

        if (reported == 0) return;
        UpdateAcked(nowMicroseconds);
        Update(1.0 - ((double)received / reported), nowMicroseconds);
    }

    /// <summary>Takes the subscriber's own estimate (REMB), where it sends no transport-wide feedback.</summary>
    public void OnRemoteEstimate(ulong bitsPerSecond) => _estimate = Math.Clamp(bitsPerSecond, MinimumBitrate, MaximumBitrate);

    private void OnArrival(long sentAt, long arrivedAt)
    {
        if (_lastArrival != 0)
        {
            var gradient = ((arrivedAt - _lastArrival) - (sentAt - _lastSent)) / 1000.0;
            // A clock jump of the receiver (or a new reference) says nothing about the path.
            if (Math.Abs(gradient) < 3000)
            {
                _accumulated += gradient;
                _smoothed = (0.9 * _smoothed) + (0.1 * _accumulated);
                _delays[_trendIndex] = _smoothed;
                _times[_trendIndex] = arrivedAt / 1000.0;
                _trendIndex = (_trendIndex + 1) % TrendWindow;
                _trendCount = Math.Min(_trendCount + 1, TrendWindow);
            }
        }

        _lastArrival = arrivedAt;
        _lastSent = sentAt;
    }

    private void UpdateAcked(long now)
    {
        if (_ackedSince == 0) _ackedSince = now;
        var elapsed = now - _ackedSince;
        if (elapsed < 400_000) return;
        if (elapsed > LongestInterval)
        {
            // Nothing was numbered meanwhile, or nothing arrived: no rate.
            _ackedBytes = _sentBytes = 0;
            _ackedSince = now;
            return;
        }

        _ackedBitrate = _ackedBytes * 8_000_000.0 / elapsed;
        _sentBitrate = _sentBytes * 8_000_000.0 / elapsed;
        _ackedBytes = _sentBytes = 0;
        _ackedSince = now;
        // The queue of a moment ago was the beginning of a full path.
        if (_untested > 0 && now - _lastDecrease < AfterQueue && _sentBitrate > FullStretch * _ackedBitrate) OnFull();
    }

    private void Update(double loss, long now)
    {
        var elapsed = _lastUpdate == 0 ? 0 : Math.Min(1.0, (now - _lastUpdate) / 1e6);
        _lastUpdate = now;
        // Slope is dimensionless; times window and gain it is comparable to milliseconds of queue.
        var queueGrowth = Slope() * Math.Min(_trendCount, TrendWindow) * 4;
        var overused = _trendCount == TrendWindow && queueGrowth > OveruseMilliseconds;
        if ((overused || loss > LossThreshold) && now - _lastDecrease > 300_000 && _ackedBitrate > 0)
        {
            OnQueue(loss, now);
            _estimate = Math.Max(MinimumBitrate, Math.Min(_estimate, _ackedBitrate * BackOff));
            _lastDecrease = now;
            _accumulated = _smoothed = 0;
            _trendCount = _trendIndex = 0;
            return;
        }

        if (overused) return;
        if (now - _lastDecrease > Forget)
        {
            _fullAt = double.PositiveInfinity;
            _trialPause = FirstTrial;
        }

        if (_untested > 0 && now >= _trialAt)
        {
            _estimate = Math.Max(_estimate, _untested * BackOff);
            _untested = 0;
            _trialSince = now;
        }

        var rate = _estimate > 0.9 * _fullAt ? CautiousGrowthPerSecond : GrowthPerSecond;
        _estimate = Math.Min(MaximumBitrate, _estimate * (1 + (rate * elapsed)));
    }

    /// <summary>Notes where the path is full; or, where that is not to be known, what to try again and when.</summary>
    private void OnQueue(double loss, long now)
    {
        if (_trialSince != 0 && now - _trialSince < TrialLength) _trialPause = Math.Min(_trialPause * 2, LongestTrial);
        _trialSince = 0;
        var believed = Math.Max(_estimate, _untested);
        if (loss > LossThreshold || _sentBitrate > FullStretch * _ackedBitrate || believed < SourceLimited * _ackedBitrate)
        {
            OnFull();
            return;
        }

        _untested = believed;
        _trialAt = now + _trialPause;
    }

    private void OnFull()
    {
        _fullAt = _ackedBitrate;
        _untested = 0;
    }

    private double Slope()
    {
        if (_trendCount < 2) return 0;
        double meanTime = 0, meanDelay = 0;
        for (var i = 0; i < _trendCount; i++)
        {
            meanTime += _times[i];
            meanDelay += _delays[i];
        }

        meanTime /= _trendCount;
        meanDelay /= _trendCount;
        double numerator = 0, denominator = 0;
        for (var i = 0; i < _trendCount; i++)
        {
            numerator += (_times[i] - meanTime) * (_delays[i] - meanDelay);
            denominator += (_times[i] - meanTime) * (_times[i] - meanTime);
        }

        return denominator > 0 ? numerator / denominator : 0;
    }
}
