namespace LiveStream.Wire.Sdp;

/// <summary>What the session and its media sections have in common: attributes, and how to find them.</summary>
public abstract class SdpSection
{
    /// <summary>The attributes in their order.</summary>
    public List<SdpAttribute> Attributes { get; } = [];

    /// <summary>The value of the <c>c=</c> line, such as <c>IN IP4 0.0.0.0</c>.</summary>
    public string? Connection { get; set; }

    /// <summary>The values of the <c>b=</c> lines, such as <c>AS:800</c>.</summary>
    public List<string> Bandwidths { get; } = [];

    /// <summary>The first attribute of that name at this level.</summary>
    public SdpAttribute? Find(string name)
    {
        foreach (var attribute in Attributes)
        {
            if (attribute.Name == name) return attribute;
        }

        return null;
    }

    /// <summary>The value of the first attribute of that name at this level.</summary>
    public string? Value(string name) => Find(name)?.Value;

    /// <summary>Whether an attribute of that name is at this level.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>The values of all attributes of that name, in their order; those without value left out.</summary>
    public IEnumerable<string> Values(string name)
    {
        foreach (var attribute in Attributes)
        {
            if (attribute.Name == name && attribute.Value is { } value) yield return value;
        }
    }

    /// <summary>Adds an attribute at the end.</summary>
    public void Add(string name, string? value = null) => Attributes.Add(new SdpAttribute(name, value));

    /// <summary>Replaces all attributes of that name by one, which takes the place of the first or the end.</summary>
    public void Set(string name, string? value = null)
    {
        var index = Attributes.FindIndex(a => a.Name == name);
        Remove(name);
        var attribute = new SdpAttribute(name, value);
        if (index < 0) Attributes.Add(attribute);
        else Attributes.Insert(index, attribute);
    }

    /// <summary>Removes all attributes of that name.</summary>
    public void Remove(string name) => Attributes.RemoveAll(a => a.Name == name);

    /// <summary><c>a=ice-ufrag</c> at this level (RFC 8839 §5.4).</summary>
    public string? IceUfrag
    {
        get => Value("ice-ufrag");
        set => SetOrRemove("ice-ufrag", value);
    }

    /// <summary><c>a=ice-pwd</c> at this level (RFC 8839 §5.4).</summary>
    public string? IcePwd
    {
        get => Value("ice-pwd");
        set => SetOrRemove("ice-pwd", value);
    }

    /// <summary>The first well-formed <c>a=fingerprint</c> at this level (RFC 8122 §5).</summary>
    public Fingerprint? Fingerprint
    {
        get => Fingerprints.FirstOrDefault();
        set => SetOrRemove("fingerprint", value?.ToString());
    }

    /// <summary>All well-formed <c>a=fingerprint</c> at this level.</summary>
    public IEnumerable<Fingerprint> Fingerprints
    {
        get
        {
            foreach (var value in Values("fingerprint"))
            {
                if (Sdp.Fingerprint.TryParse(value, out var fingerprint)) yield return fingerprint;
            }
        }
    }

    /// <summary><c>a=setup</c> at this level; null when absent or unknown (RFC 4145 §4).</summary>
    public SetupRole? Setup
    {
        get => SdpNames.ParseSetup(Value("setup"));
        set => SetOrRemove("setup", value is { } role ? SdpNames.Of(role) : null);
    }

    /// <summary>The direction stated at this level; null when none is (RFC 8866 §6.7).</summary>
    public MediaDirection? Direction
    {
        get
        {
            foreach (var attribute in Attributes)
            {
                if (attribute.Value is null && SdpNames.ParseDirection(attribute.Name) is { } direction) return direction;
            }

            return null;
        }

        set
        {
            Attributes.RemoveAll(a => SdpNames.ParseDirection(a.Name) is not null);
            if (value is { } direction) Add(SdpNames.Of(direction));
        }
    }

    /// <summary>The tags of <c>a=ice-options</c> at this level (RFC 8839 §5.6).</summary>
    public IReadOnlyList<string> IceOptions => SdpText.Words(Value("ice-options"));

    /// <summary>The values of <c>a=candidate</c> as they are; see <see cref="IceCandidate"/>.</summary>
    public IReadOnlyList<string> Candidates => [.. Values("candidate")];

    /// <summary><c>a=end-of-candidates</c> (RFC 8840 §8.2).</summary>
    public bool EndOfCandidates
    {
        get => Has("end-of-candidates");
        set => SetFlag("end-of-candidates", value);
    }

    /// <summary>The header extensions mapped at this level, malformed ones left out (RFC 8285 §5).</summary>
    public IReadOnlyList<ExtMap> ExtMaps => SdpText.ParseAll<ExtMap>(Values("extmap"), ExtMap.TryParse);

    private protected void SetFlag(string name, bool present)
    {
        if (present) Set(name);
        else Remove(name);
    }

    private protected void SetOrRemove(string name, string? value)
    {
        if (value is null) Remove(name);
        else Set(name, value);
    }
}
