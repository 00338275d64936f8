using System.Security.Cryptography;
using System.Text;

using LiveStream.Contracts;
using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Room;
using LiveStream.Signalling.Room.State;

using Microsoft.Extensions.Options;

namespace LiveStream.Signalling.Endpoints;

/// <summary>Whom a token admits to which room.</summary>
internal sealed record Admitted(RoomKey Room, PeerIdentity Identity);

/// <summary>Checks the token and peer id that a client brings to <c>/init</c> and <c>/ws</c>.</summary>
internal sealed class ClientAdmission(
    IRoomsDirectory directory, RoomTable rooms, EntryRefusals refusals, IOptions<SignallingOptions> options, TimeProvider time)
{
    // Far above any token of rooms; what is longer is not worth hashing.
    private const int MaxTokenLength = 8192;

    /// <summary>The room and the peer, or why not. The token decides about the room, never the client.</summary>
    public async Task<(Admitted? Admitted, ProtocolError? Error)> CheckAsync(string? token, string? peerId, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(token) || token.Length > MaxTokenLength) return (null, new(ErrorCode.Unauthorized, "Token validation error"));
        if (!IsPeerId(peerId)) return (null, new(ErrorCode.BadRequest, "no peer id like that"));

        var hash = HashOf(token);
        using var limit = new CancellationTokenSource(options.Value.ControlTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var grant = await directory.AuthorizeAsync(new AuthorizeRequest { Token = token }, both.Token);
            if (grant.Refusal.Length > 0)
            {
                await refusals.TellAsync(grant, peerId!, both.Token);
                return (null, new(ErrorCode.Forbidden, grant.Refusal));
            }

            var identity = new PeerIdentity(peerId!, grant.UserId, grant.Role, hash);
            return (new Admitted(new RoomKey(grant.CustomerId, grant.RoomId), identity), null);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested && rooms.FindKnown(hash, peerId!) is { } known)
        {
            // Clients come back with the token that they joined with, which may have expired since; and whatever rooms or its database
            // cannot do now, they are in the room.
            return (new Admitted(known.Room, known.Identity), null);
        }
        catch (ControlException e)
        {
            return (null, ControlErrors.Of(e));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return (null, new(ErrorCode.Unavailable, "rooms did not answer in time"));
        }
    }

    private static bool IsPeerId(string? text)
    {
        if (text is not { Length: > 0 and <= ProtocolLimits.MaxEntityIdLength }) return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or ':')) return false;
        }

        return true;
    }

    private static string HashOf(string token) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
