namespace LiveStream.Sfu.Router.Layers;

/// <summary>
/// Which simulcast layer a subscriber is to get: the highest that is wanted, sent by the publisher, and carried by the
/// path. Going down is immediate; going up waits until the path has shown some quiet. Pure.
/// </summary>
internal sealed class SimulcastSelector
{
    private const long UpgradeDelayMicroseconds = 2_000_000;
    private const double UpgradeHeadRoom = 1.15;

    private long _betterSince = -1;

    /// <summary>Highest layer that the subscriber wants; below 0 none.</summary>
    public int MaximumLayer { get; set; } = int.MaxValue;

    /// <summary>Chooses the layer, -1 for none; <paramref name="current"/> is the present target.</summary>
    public int Select(ReadOnlySpan<(bool Active, long Bitrate)> layers, int current, long budget, long nowMicroseconds)
    {
        var best = -1;
        for (var layer = 0; layer < layers.Length && layer <= MaximumLayer; layer++)
        {
            if (!layers[layer].Active) continue;
            var needed = layer > current ? layers[layer].Bitrate * UpgradeHeadRoom : layers[layer].Bitrate;
            // Even a path that carries no layer gets the lowest: a bad picture tells more than none.
            if (best < 0 || needed <= budget) best = layer;
        }

        if (best <= current || current < 0 || !layers[current].Active)
        {
            _betterSince = -1;
            return best;
        }

        if (_betterSince < 0) _betterSince = nowMicroseconds;
        if (nowMicroseconds - _betterSince < UpgradeDelayMicroseconds) return current;
        _betterSince = -1;
        return best;
    }
}
