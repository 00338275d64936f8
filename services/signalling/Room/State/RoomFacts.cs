using LiveStream.Contracts;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Signalling.Media;
using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Room.Methods;

namespace LiveStream.Signalling.Room.State;

/// <summary>Something that happened, for the room to react to.</summary>
internal abstract record RoomFact;

/// <summary>A socket with a good token opened. Numbers of sockets are never used twice.</summary>
internal sealed record SocketOpened(long Socket, PeerIdentity Identity) : RoomFact;

/// <summary>A frame that could be read.</summary>
internal sealed record MessageReceived(long Socket, ClientMessage Message) : RoomFact;

/// <summary>A socket is gone: closed by the client on purpose (1000), or lost.</summary>
internal sealed record SocketClosed(long Socket, bool Deliberate) : RoomFact;

/// <summary>The room was another process's a moment ago, and these people were in it by the record of sessions.</summary>
internal sealed record PeopleLeft(IReadOnlyList<ReportedPeer> People) : RoomFact;

/// <summary>A second or so has passed.</summary>
internal sealed record ClockTicked : RoomFact;

/// <summary>The room's live stream, when it changed.</summary>
internal sealed record StreamReported(RoomStream Stream) : RoomFact;

/// <summary>The media of the room has something to tell.</summary>
internal sealed record MediaReported(MediaEvent Event) : RoomFact;

/// <summary>A server wants something done. It is answered by <paramref name="Act"/>, which fails with <see cref="ControlException"/>.</summary>
internal sealed record ServerAsked(Action<RoomState> Act) : RoomFact;

/// <summary>A command with that ticket is done, or failed.</summary>
internal sealed record CommandFinished(long Ticket, object? Result, ProtocolError? Error) : RoomFact;
