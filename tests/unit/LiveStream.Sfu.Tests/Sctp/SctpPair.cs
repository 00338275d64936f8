using System.Text;
using LiveStream.Sfu.Sctp;
using LiveStream.Testing;

namespace LiveStream.Sfu.Tests.Sctp;

/// <summary>The data channels of a DTLS server and of a client, joined by two simulated links in virtual time.</summary>
internal sealed class SctpPair
{
    private static readonly TimeSpan Horizon = TimeSpan.FromMinutes(10);

    public SctpPair(SimulatedLinkOptions? link = null, int seed = 1, SctpSettings? server = null, SctpSettings? client = null)
    {
        link ??= new SimulatedLinkOptions { Delay = TimeSpan.FromMilliseconds(10) };
        Server = new Side(this, new SimulatedLink(seed, link), isDtlsServer: true, server);
        Client = new Side(this, new SimulatedLink(seed + 1000, link), isDtlsServer: false, client);
    }

    public TimeSpan Now { get; private set; }

    public Side Server { get; }

    public Side Client { get; }

    /// <summary>Both sides have an association.</summary>
    public bool IsConnected => Server.Channels.State == SctpState.Established && Client.Channels.State == SctpState.Established;

    /// <summary>Opens a channel from the server and waits until both have it.</summary>
    public static SctpPair Connected(SimulatedLinkOptions? link = null, int seed = 1, SctpSettings? server = null, SctpSettings? client = null)
    {
        var pair = new SctpPair(link, seed, server, client);
        pair.Server.Channels.Open("chat", pair.Now);
        Assert.True(pair.RunUntil(() => pair.Client.Opened.Contains("chat")));
        return pair;
    }

    /// <summary>Lets time pass from event to event until the condition holds; false when nothing more will happen.</summary>
    public bool RunUntil(Func<bool> condition)
    {
        while (!condition())
        {
            if (NextEvent() is not { } next || next > Horizon) return false;
            Now = next > Now ? next : Now;
            while (Server.Outgoing.TryReceive(Now, out var packet)) Client.Take(packet);
            while (Client.Outgoing.TryReceive(Now, out var packet)) Server.Take(packet);
            foreach (var side in new[] { Server, Client })
                if (side.Channels.NextDue <= Now) side.Channels.HandleTimeout(Now);
        }

        return true;
    }

    /// <summary>Lets time pass until no packet is under way and no timer runs.</summary>
    public void RunToTheEnd() => RunUntil(() => false);

    private TimeSpan? NextEvent()
    {
        TimeSpan?[] events = [Server.Outgoing.NextArrival, Client.Outgoing.NextArrival, Server.Channels.NextDue, Client.Channels.NextDue];
        return events.Min();
    }

    internal sealed class Side : IDataChannelUser
    {
        private readonly SctpPair _pair;

        public Side(SctpPair pair, SimulatedLink outgoing, bool isDtlsServer, SctpSettings? settings)
        {
            (_pair, Outgoing) = (pair, outgoing);
            Channels = new DataChannels(this, isDtlsServer, settings);
        }

        public DataChannels Channels { get; set; }

        public SimulatedLink Outgoing { get; }

        public List<string> Opened { get; } = [];

        public List<string> Closed { get; } = [];

        public List<(string Label, string Text)> Texts { get; } = [];

        /// <summary>Packets that this side sent.</summary>
        public List<byte[]> Sent { get; } = [];

        /// <summary>Sees each packet before this side takes it; false drops it.</summary>
        public Func<byte[], bool>? Filter { get; set; }

        public bool Send(string text, string label = "chat") => Channels.SendText(label, Encoding.UTF8.GetBytes(text), _pair.Now);

        public void Take(byte[] packet)
        {
            if (Filter?.Invoke(packet) != false) Channels.Receive(packet, _pair.Now);
        }

        void IDataChannelUser.SendSctp(ReadOnlySpan<byte> packet)
        {
            Sent.Add(packet.ToArray());
            Outgoing.Send(packet, _pair.Now);
        }

        void IDataChannelUser.OnChannelOpened(string label) => Opened.Add(label);

        void IDataChannelUser.OnText(string label, ReadOnlySpan<byte> text) => Texts.Add((label, Encoding.UTF8.GetString(text)));

        void IDataChannelUser.OnChannelClosed(string label) => Closed.Add(label);
    }
}
