using System.ComponentModel.DataAnnotations;

using Microsoft.Extensions.Options;

namespace LiveStream.Rpc;

/// <summary>
/// Section <c>Peers</c>: where the other services are reached by gRPC, such as <c>http://rooms:8081</c>. A process needs those that
/// it calls, and says at start which one is missing; in one process there are none.
/// </summary>
public sealed class PeerOptions : IValidatableObject
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Peers";

    /// <summary>Rooms; called by signalling, webhooks and recording, and by packagers and SFU nodes where there are several packagers or signalling nodes.</summary>
    public string Rooms { get; set; } = "";

    /// <summary>
    /// Signalling; called by rooms, and by SFU nodes and the packager where there are several nodes. Empty: several signalling nodes, which
    /// announce themselves to rooms (<c>Signalling:ControlAddress</c>).
    /// </summary>
    public string Signalling { get; set; } = "";

    /// <summary>The SFU; called by signalling and the packager. Empty for both: several nodes, which announce themselves (<c>Sfu:ControlAddress</c>).</summary>
    public string Sfu { get; set; } = "";

    /// <summary>The packager; called by rooms. Empty: several packagers, which announce themselves (<c>Packager:ControlAddress</c>).</summary>
    public string Packager { get; set; } = "";

    /// <summary>Webhooks; called by rooms.</summary>
    public string Webhooks { get; set; } = "";

    /// <summary>The address of one.</summary>
    public string Of(Peer peer) => peer switch
    {
        Peer.Rooms => Rooms,
        Peer.Signalling => Signalling,
        Peer.Sfu => Sfu,
        Peer.Packager => Packager,
        Peer.Webhooks => Webhooks,
        _ => throw new ArgumentOutOfRangeException(nameof(peer)),
    };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from peer in Enum.GetValues<Peer>()
        let address = Of(peer)
        where address.Length > 0 && !(Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp && uri.PathAndQuery == "/")
        select new ValidationResult($"{address} is not an address such as http://rooms:8081.", [peer.ToString()]);
}

/// <summary>Checks <see cref="PeerOptions"/> at start.</summary>
[OptionsValidator]
public sealed partial class PeerOptionsValidator : IValidateOptions<PeerOptions>;
