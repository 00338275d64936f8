using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

using LiveStream.Contracts.Rooms.V1;
using LiveStream.Signalling.Media;
using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Room.Methods;
using LiveStream.Signalling.Room.State;
using LiveStream.Signalling.Tests.Fakes;

namespace LiveStream.Signalling.Tests.Room;

/// <summary>A room fed with frames as clients write them; what it sends is read as clients read it. No I/O, no clock.</summary>
internal sealed class RoomRig
{
    private readonly Dictionary<string, long> _sockets = [];
    private readonly Dictionary<long, List<JsonObject>> _inboxes = [];
    private long _lastSocket;
    private int _ids;

    public RoomRig(Action<RoomPolicy>? configure = null, RoomLimits? limits = null)
    {
        var policy = Policies.Show();
        configure?.Invoke(policy);
        State = new RoomState(new RoomRules(policy), limits ?? new RoomLimits(), () => $"id{++_ids}", _ => $"session{++_ids}", new LostPreviews());
    }

    public RoomState State { get; }

    public DateTimeOffset Now { get; private set; } = DateTimeOffset.UnixEpoch.AddDays(20_000);

    /// <summary>Everything that was not a message, since the last look.</summary>
    public List<RoomEffect> Effects { get; } = [];

    /// <summary>Opens a socket of a peer; its number.</summary>
    public long Open(string peer, string role = "viewer", string user = "", string token = "")
    {
        var socket = ++_lastSocket;
        _sockets[peer] = socket;
        Apply(new SocketOpened(socket, new PeerIdentity(peer, user, role, token.Length > 0 ? token : "token of " + peer)));
        return socket;
    }

    /// <summary>Opens and joins without media; what it was sent is forgotten.</summary>
    public RoomRig Join(string peer, string role = "viewer", string? name = null)
    {
        Open(peer, role);
        Result(peer, "join", $$"""{"name":"{{name ?? peer}}","data":""}""");
        foreach (var inbox in _inboxes.Values) inbox.Clear();
        Effects.Clear();
        return this;
    }

    /// <summary>A request; the whole reply.</summary>
    public JsonObject? Request(string peer, string method, string parameters = "{}")
    {
        var id = $"q{++_ids}";
        Frame(peer, $$"""{"method":"{{method}}","params":{{parameters}},"id":"{{id}}","jsonrpc":"2.0"}""");
        return Reply(peer, id);
    }

    /// <summary>A request that is done; its result.</summary>
    public JsonObject Result(string peer, string method, string parameters = "{}")
    {
        var reply = Request(peer, method, parameters);
        Assert.NotNull(reply);
        Assert.Null(reply["error"]);
        return reply["result"]!.AsObject();
    }

    /// <summary>A request that is refused; the code.</summary>
    public int Refused(string peer, string method, string parameters = "{}")
    {
        var reply = Request(peer, method, parameters);
        Assert.NotNull(reply);
        Assert.Null(reply["result"]);
        return (int)reply["error"]!["code"]!;
    }

    public void Notify(string peer, string method, string parameters = "{}") => Frame(peer, $$"""{"method":"{{method}}","params":{{parameters}}}""");

    public void Frame(string peer, string json)
    {
        Assert.Equal(FrameError.None, FrameReader.TryRead(Encoding.UTF8.GetBytes(json), out var frame));
        var (message, error) = ClientMessage.Read(frame!);
        Assert.True(message is not null, error?.Message);
        Apply(new MessageReceived(_sockets[peer], message));
    }

    /// <summary>The socket of a peer is gone.</summary>
    public void Drop(string peer, bool deliberate = false) => Apply(new SocketClosed(_sockets[peer], deliberate));

    public void Wait(TimeSpan time)
    {
        Now += time;
        Apply(new ClockTicked());
    }

    /// <summary>Somebody was in the room when another process had it.</summary>
    public void TakeOver(string peer, string role, string name = "", string token = "") => Apply(new PeopleLeft(
        [new ReportedPeer { PeerId = peer, Role = role, Name = name.Length > 0 ? name : peer, TokenHash = token.Length > 0 ? token : "token of " + peer }]));

    public void Report(RoomStream stream) => Apply(new StreamReported(stream));

    /// <summary>Ends the newest command of that kind, which is then no longer in <see cref="Effects"/>.</summary>
    public T Finish<T>(object? result = null, ProtocolError? error = null)
        where T : RoomCommand
    {
        var command = Effects.OfType<T>().Last();
        Effects.Remove(command);
        Apply(new CommandFinished(command.Ticket, result, error));
        return command;
    }

    /// <summary>Answers the offer that waits.</summary>
    public OfferMedia AnswerOffer() => Finish<OfferMedia>(new MediaAnswer("v=0 answer", "node-1"));

    public void Apply(RoomFact fact)
    {
        foreach (var effect in State.Apply(fact, Now))
        {
            switch (effect)
            {
                case Send(var sockets, var message):
                    Deliver(sockets, message);
                    break;
                case SendRun(var messages, var receivers):
                    for (var i = 0; i < messages.Count; i++)
                        Deliver(receivers.Where(receiver => receiver.First <= i).Select(receiver => receiver.Socket), messages[i]);
                    break;
                default:
                    Effects.Add(effect);
                    break;
            }
        }
    }

    private void Deliver(IEnumerable<long> sockets, ServerMessage message)
    {
        var json = JsonNode.Parse(FrameWriter.Write(message).Text.Span)!.AsObject();
        foreach (var socket in sockets)
        {
            if (!_inboxes.TryGetValue(socket, out var inbox)) _inboxes.Add(socket, inbox = []);
            inbox.Add(json);
        }
    }

    /// <summary>What the peer's newest socket was sent since the last look, replies included.</summary>
    public IReadOnlyList<JsonObject> Read(string peer) => ReadSocket(_sockets[peer]);

    public IReadOnlyList<JsonObject> ReadSocket(long socket)
    {
        if (!_inboxes.Remove(socket, out var inbox)) return [];
        return inbox;
    }

    /// <summary>The methods of the notifications that it was sent.</summary>
    public string Methods(string peer) => string.Join(' ', Read(peer).Select(frame => (string?)frame["method"] ?? "reply"));

    /// <summary>The params of the only notification of that method, which must be there.</summary>
    public JsonObject Notified(string peer, string method) => Assert.Single(Read(peer), frame => (string?)frame["method"] == method)["params"]!.AsObject();

    public static string Track(string id, string type = "audio", bool mute = false, string source = "regular") => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"{{{id}}}":{"mute":{{{(mute ? "true" : "false")}}},"type":"{{{type}}}","source":"{{{source}}}","description":"","track_id":"{{{id}}}","stream_id":"s-{{{id}}}"}}""");

    public static string Offer(string tracks) => $$"""{"desc":{"type":"offer","sdp":"v=0\r\n"},"tracks":{{tracks}}}""";

    private JsonObject? Reply(string peer, string id)
    {
        // A peer that has left is not asked any more.
        var inbox = _inboxes.GetValueOrDefault(_sockets[peer], []);
        var reply = inbox.SingleOrDefault(frame => (string?)frame["id"] == id);
        if (reply is not null) inbox.Remove(reply);
        return reply;
    }
}
