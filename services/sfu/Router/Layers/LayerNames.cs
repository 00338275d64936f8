namespace LiveStream.Sfu.Router.Layers;

/// <summary>How good a picture a subscriber wants; for audio, whether it wants it at all.</summary>
internal enum PreferredLayer : byte
{
    /// <summary>No packets.</summary>
    None,
    Low,
    Medium,
    High,
}

/// <summary>Layers by the names of the client protocol. Pure.</summary>
internal static class LayerNames
{
    /// <summary>Index of the highest layer up to a preference; -1 for none, very large for no limit.</summary>
    public static int HighestOf(PreferredLayer preferred, ReadOnlySpan<IncomingStream> layers)
    {
        if (preferred == PreferredLayer.None) return -1;
        if (preferred == PreferredLayer.High) return int.MaxValue;
        var highest = 0;
        for (var i = 0; i < layers.Length; i++)
            if (Of(layers, i) <= preferred) highest = i;
        return highest;
    }

    /// <summary>What a layer counts as: by its rid (q, h, f), or by its place among the others.</summary>
    public static PreferredLayer Of(ReadOnlySpan<IncomingStream> layers, int index) => layers[index].Rid switch
    {
        "q" => PreferredLayer.Low,
        "h" => PreferredLayer.Medium,
        "f" => PreferredLayer.High,
        _ when index == layers.Length - 1 => PreferredLayer.High,
        _ when index == 0 => PreferredLayer.Low,
        _ => PreferredLayer.Medium,
    };
}
