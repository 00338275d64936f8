using LiveStream.Sfu.Stun;
using LiveStream.Sfu.Udp;

namespace LiveStream.Sfu.Ice;

/// <summary>What a binding request did.</summary>
internal enum IceOutcome : byte
{
    /// <summary>Not authentic, or not a request: no answer, no effect.</summary>
    Ignored,
    /// <summary>Answered with an error; the address stays unproven.</summary>
    Refused,
    /// <summary>Answered; the address is proven.</summary>
    Validated,
    /// <summary>Answered; the address was proven and nominated.</summary>
    Nominated,
}

/// <summary>
/// The lite agent of one transport (RFC 8445 §2.5): answers checks, remembers the addresses that passed one, and the
/// one that the peer nominated. Consent (RFC 7675) is the stream of checks itself. Pure: message in, answer out.
/// </summary>
internal sealed class IceLiteAgent(IceCredentials local)
{
    private const int MaximumAddresses = 12;

    private readonly List<SocketAddressValue> _validated = [];
    private IceCredentials? _restarting;

    /// <summary>Credentials that the next answer carries.</summary>
    public IceCredentials Local { get; private set; } = local;

    /// <summary>Where media goes: the nominated address, before that the first proven one.</summary>
    public SocketAddressValue Selected { get; private set; }

    public bool HasSelected => Selected != default;

    /// <summary>Last check that passed, in the worker's microseconds; 0 before one.</summary>
    public long LastCheckAt { get; private set; }

    /// <summary>Addresses that passed a check.</summary>
    public IReadOnlyList<SocketAddressValue> Validated => _validated;

    /// <summary>Address that the last check pushed out of the list; default for none.</summary>
    public SocketAddressValue Evicted { get; private set; }

    /// <summary>Begins an ICE restart (RFC 8445 §9): both credentials work until a check with the new ones passes.</summary>
    public void Restart(IceCredentials credentials)
    {
        _restarting ??= Local;
        Local = credentials;
    }

    /// <summary>Handles a STUN message that carries one of this agent's user fragments; writes the answer.</summary>
    /// <param name="message">The message.</param>
    /// <param name="key">Key of the user fragment that it was sent to.</param>
    /// <param name="from">Path that it came by.</param>
    /// <param name="mapped">The peer's transport address, which the answer tells; differs from the path over TCP.</param>
    /// <param name="nowMicroseconds">The worker's time.</param>
    /// <param name="response">Room for the answer.</param>
    /// <param name="length">Length of the answer; 0 for none.</param>
    public IceOutcome Handle(StunMessageView message, ulong key, in SocketAddressValue from, in SocketAddressValue mapped, long nowMicroseconds, Span<byte> response, out int length)
    {
        length = 0;
        var credentials = key == Local.Key ? Local : _restarting;
        if (credentials is null || credentials.Key != key) return IceOutcome.Ignored;
        if (message.Class != StunClass.Request || message.Method != StunMethod.Binding) return IceOutcome.Ignored;
        if (!message.VerifyMessageIntegrity(credentials.PasswordBytes)) return IceOutcome.Ignored;
        if (message.HasFingerprint && !message.VerifyFingerprint()) return IceOutcome.Ignored;

        Span<ushort> unknown = stackalloc ushort[8];
        var unknownCount = message.CollectUnknownRequired(unknown);
        if (unknownCount > 0)
        {
            var refusal = new StunMessageWriter(response, StunClass.ErrorResponse, StunMethod.Binding, message.TransactionId);
            refusal.WriteErrorCode(StunErrorCode.UnknownAttribute, "Unknown Attribute");
            refusal.WriteUnknownAttributes(unknown[..unknownCount]);
            length = Sign(ref refusal, credentials);
            return IceOutcome.Refused;
        }

        if (message.TryGetIceControlled(out _))
        {
            // A lite agent is always controlled (RFC 8445 §6.1.1), so the peer has to take the other role.
            var conflict = new StunMessageWriter(response, StunClass.ErrorResponse, StunMethod.Binding, message.TransactionId);
            conflict.WriteErrorCode(StunErrorCode.RoleConflict, "Role Conflict");
            length = Sign(ref conflict, credentials);
            return IceOutcome.Refused;
        }

        Remember(from);
        LastCheckAt = nowMicroseconds;
        if (credentials == Local) _restarting = null;
        var success = new StunMessageWriter(response, StunClass.SuccessResponse, StunMethod.Binding, message.TransactionId);
        Span<byte> address = stackalloc byte[16];
        success.WriteXorMappedAddress(address[..mapped.WriteAddress(address)], mapped.Port);
        length = Sign(ref success, credentials);

        if (message.HasUseCandidate && Selected != from)
        {
            Selected = from;
            return IceOutcome.Nominated;
        }

        if (!HasSelected) Selected = from;
        return IceOutcome.Validated;
    }

    /// <summary>A TCP connection ended: its address is no path any more.</summary>
    public void Forget(in SocketAddressValue address)
    {
        _validated.Remove(address);
        if (Selected == address) Selected = _validated.Count > 0 ? _validated[^1] : default;
    }

    /// <summary>True where a user fragment is one of this agent's.</summary>
    public bool Owns(ulong key) => key == Local.Key || _restarting?.Key == key;

    private void Remember(in SocketAddressValue address)
    {
        Evicted = default;
        if (_validated.Contains(address)) return;
        if (_validated.Count == MaximumAddresses)
        {
            // A client that changes networks for ever: drop the oldest that is not in use.
            var oldest = _validated[0] == Selected ? 1 : 0;
            Evicted = _validated[oldest];
            _validated.RemoveAt(oldest);
        }

        _validated.Add(address);
    }

    private static int Sign(ref StunMessageWriter writer, IceCredentials credentials)
    {
        writer.WriteMessageIntegrity(credentials.PasswordBytes);
        writer.WriteFingerprint();
        return writer.Finish();
    }
}
