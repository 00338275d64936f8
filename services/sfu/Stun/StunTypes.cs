namespace LiveStream.Sfu.Stun;

/// <summary>Why a datagram is not a STUN message that this agent reads.</summary>
public enum StunError : byte
{
    /// <summary>The message is well formed.</summary>
    None,

    /// <summary>Shorter than the 20-byte header.</summary>
    TooShort,

    /// <summary>Longer than <see cref="StunMessageView.MaxSize"/>.</summary>
    TooLong,

    /// <summary>The two most significant bits are not zero (RFC 8489 §5).</summary>
    NotStun,

    /// <summary>The length field is not the size of the attributes, or no multiple of four.</summary>
    BadLength,

    /// <summary>The magic cookie is missing; RFC 3489 messages are not supported.</summary>
    BadCookie,

    /// <summary>An attribute reaches beyond the end of the message.</summary>
    AttributeTruncated,
}

/// <summary>Message class (RFC 8489 §5).</summary>
public enum StunClass : byte
{
    /// <summary>Expects a response.</summary>
    Request = 0b00,

    /// <summary>Expects none.</summary>
    Indication = 0b01,

    /// <summary>Response: done.</summary>
    SuccessResponse = 0b10,

    /// <summary>Response: refused, with ERROR-CODE.</summary>
    ErrorResponse = 0b11,
}

/// <summary>Message method, 12 bits (RFC 8489 §18.2).</summary>
public enum StunMethod : ushort
{
    /// <summary>The method that ICE uses for checks and consent.</summary>
    Binding = 0x001,
}

/// <summary>Attribute types that this agent names (RFC 8489 §18.3, RFC 8445 §16.1).</summary>
public enum StunAttributeType : ushort
{
    /// <summary>Address in the clear (RFC 8489 §14.1).</summary>
    MappedAddress = 0x0001,

    /// <summary>User name (RFC 8489 §14.3).</summary>
    Username = 0x0006,

    /// <summary>HMAC-SHA1 (RFC 8489 §14.5).</summary>
    MessageIntegrity = 0x0008,

    /// <summary>Error code and reason (RFC 8489 §14.8).</summary>
    ErrorCode = 0x0009,

    /// <summary>Attributes that the server does not understand (RFC 8489 §14.13).</summary>
    UnknownAttributes = 0x000A,

    /// <summary>Realm (RFC 8489 §14.9).</summary>
    Realm = 0x0014,

    /// <summary>Nonce (RFC 8489 §14.10).</summary>
    Nonce = 0x0015,

    /// <summary>HMAC-SHA256 (RFC 8489 §14.6).</summary>
    MessageIntegritySha256 = 0x001C,

    /// <summary>Address XORed with the cookie and transaction id (RFC 8489 §14.2).</summary>
    XorMappedAddress = 0x0020,

    /// <summary>Candidate priority of the checked pair (RFC 8445 §7.1.1).</summary>
    Priority = 0x0024,

    /// <summary>Nomination flag (RFC 8445 §7.1.2).</summary>
    UseCandidate = 0x0025,

    /// <summary>Name of the implementation (RFC 8489 §14.14).</summary>
    Software = 0x8022,

    /// <summary>CRC-32 over the message (RFC 8489 §14.7).</summary>
    Fingerprint = 0x8028,

    /// <summary>Tie-breaker of a controlled agent (RFC 8445 §7.1.3).</summary>
    IceControlled = 0x8029,

    /// <summary>Tie-breaker of a controlling agent (RFC 8445 §7.1.3).</summary>
    IceControlling = 0x802A,
}

/// <summary>Error codes that an ICE agent sends (RFC 8489 §14.8, RFC 8445 §7.3.1.1).</summary>
public static class StunErrorCode
{
    /// <summary>400 Bad Request.</summary>
    public const int BadRequest = 400;

    /// <summary>401 Unauthenticated.</summary>
    public const int Unauthenticated = 401;

    /// <summary>420 Unknown Attribute.</summary>
    public const int UnknownAttribute = 420;

    /// <summary>487 Role Conflict.</summary>
    public const int RoleConflict = 487;
}
