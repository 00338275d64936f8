using System.CommandLine;
using LiveStream.Benchmarks.Bus;
using LiveStream.Benchmarks.Hls;
using LiveStream.Benchmarks.Load;
using LiveStream.Benchmarks.Reporting;
using LiveStream.Benchmarks.Rest;
using LiveStream.Benchmarks.Rooms;
using LiveStream.Benchmarks.Rpc;
using LiveStream.Benchmarks.Server;
using LiveStream.Benchmarks.Sfu;
using LiveStream.Benchmarks.Srtp;
using LiveStream.Benchmarks.Webhooks;

var json = new Option<string?>("--json") { Description = "Write the report as JSON to this file as well." };

var viewers = new Option<int[]>("--viewers")
{
    Description = "Numbers of viewers.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [10, 50, 200],
};
var shapes = new Option<FrameShape[]>("--shapes")
{
    Description = "How a frame's packets arrive.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [FrameShape.Spread, FrameShape.Burst],
};
var receivers = new Option<Receivers[]>("--receivers")
{
    Description = "Whether viewers take a message of several datagrams whole (UDP_GRO), as a network card would, or one by one, or are woken by each.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [Receivers.Coalescing, Receivers.Plain, Receivers.Woken],
};
var seconds = new Option<double>("--seconds") { Description = "Length of the measured window.", DefaultValueFactory = _ => 20 };
var warmUp = new Option<double>("--warm-up") { Description = "Seconds with one viewer, and again with all, before it.", DefaultValueFactory = _ => 8 };
var server = new Option<string?>("--server") { Description = "LiveStream.AllInOne.dll; the repository's own build otherwise." };
var sfu = new Command("sfu", "One publisher to many viewers through the whole server.") { json, viewers, shapes, receivers, seconds, warmUp, server };
sfu.SetAction(async (arguments, cancellationToken) =>
{
    var options = new SfuBenchOptions
    {
        ServerDll = arguments.GetValue(server) ?? ServerProcess.FindProgram(),
        Viewers = arguments.GetValue(viewers)!,
        Shapes = arguments.GetValue(shapes)!,
        Receivers = arguments.GetValue(receivers)!,
        Window = TimeSpan.FromSeconds(arguments.GetValue(seconds)),
        WarmUp = TimeSpan.FromSeconds(arguments.GetValue(warmUp)),
    };
    return await PublishAsync(() => SfuBench.RunAsync(options, Console.Error, cancellationToken), arguments.GetValue(json));
});

var pion = new Option<string>("--pion") { Description = "The forwarder of bench/pion, built.", Required = true };
var compareViewers = new Option<int>("--viewers") { Description = "Viewers.", DefaultValueFactory = _ => 200 };
var compareReceivers = new Option<Receivers>("--receivers") { Description = "How viewers take what is sent; see sfu.", DefaultValueFactory = _ => Receivers.Coalescing };
var rounds = new Option<int>("--rounds") { Description = "How often each is measured.", DefaultValueFactory = _ => 2 };
var compare = new Command("compare", "The load of sfu on this server and on a plain forwarder of another make, in turns.") { json, pion, compareViewers, compareReceivers, rounds, server };
compare.SetAction(async (arguments, cancellationToken) =>
{
    var options = new CompareBenchOptions
    {
        ServerDll = arguments.GetValue(server) ?? ServerProcess.FindProgram(),
        PionProgram = arguments.GetValue(pion)!,
        Viewers = arguments.GetValue(compareViewers),
        Receivers = arguments.GetValue(compareReceivers),
        Rounds = arguments.GetValue(rounds),
    };
    return await PublishAsync(() => CompareBench.RunAsync(options, Console.Error, cancellationToken), arguments.GetValue(json));
});

var hlsSeconds = new Option<double>("--seconds") { Description = "Length of each measured window.", DefaultValueFactory = _ => 20 };
var hlsWarmUp = new Option<double>("--warm-up") { Description = "Seconds before each window.", DefaultValueFactory = _ => 8 };
var hls = new Command("hls", "One passthrough live stream: CPU, and latency at the live edge.") { json, hlsSeconds, hlsWarmUp, server };
hls.SetAction(async (arguments, cancellationToken) =>
{
    var options = new HlsBenchOptions
    {
        ServerDll = arguments.GetValue(server) ?? ServerProcess.FindProgram(),
        Window = TimeSpan.FromSeconds(arguments.GetValue(hlsSeconds)),
        WarmUp = TimeSpan.FromSeconds(arguments.GetValue(hlsWarmUp)),
    };
    return await PublishAsync(() => HlsBench.RunAsync(options, Console.Error, cancellationToken), arguments.GetValue(json));
});

var rooms = new Option<int[]>("--rooms")
{
    Description = "Numbers of rooms.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [1000, 100_000],
};
var rate = new Option<double>("--rate") { Description = "Requests per second.", DefaultValueFactory = _ => 200 };
var restSeconds = new Option<double>("--seconds") { Description = "Length of each measured window.", DefaultValueFactory = _ => 10 };
var restWarmUp = new Option<double>("--warm-up") { Description = "Seconds before each window.", DefaultValueFactory = _ => 5 };
var rest = new Command("rest", "Rooms over REST with PostgreSQL: delays at a fixed rate, and cost.") { json, rooms, rate, restSeconds, restWarmUp, server };
rest.SetAction(async (arguments, cancellationToken) =>
{
    var options = new RestBenchOptions
    {
        ServerDll = arguments.GetValue(server) ?? ServerProcess.FindProgram(),
        Rooms = arguments.GetValue(rooms)!,
        Rate = arguments.GetValue(rate),
        Window = TimeSpan.FromSeconds(arguments.GetValue(restSeconds)),
        WarmUp = TimeSpan.FromSeconds(arguments.GetValue(restWarmUp)),
    };
    return await PublishAsync(() => RestBench.RunAsync(options, Console.Error, cancellationToken), arguments.GetValue(json));
});

var joinPeers = new Option<int[]>("--peers")
{
    Description = "Numbers of peers without media.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [250, 1000],
};
var joinSeconds = new Option<double>("--seconds") { Description = "Time in which they come.", DefaultValueFactory = _ => 10 };
var mediaPeers = new Option<int>("--media-peers") { Description = "Peers with media; 0 for none.", DefaultValueFactory = _ => 100 };
var join = new Command("join", "Peers join one room over WebSockets: delays, CPU and memory.") { json, joinPeers, joinSeconds, mediaPeers, server };
join.SetAction(async (arguments, cancellationToken) =>
{
    var options = new JoinBenchOptions
    {
        ServerDll = arguments.GetValue(server) ?? ServerProcess.FindProgram(),
        Peers = arguments.GetValue(joinPeers)!,
        Over = TimeSpan.FromSeconds(arguments.GetValue(joinSeconds)),
        MediaPeers = arguments.GetValue(mediaPeers),
    };
    return await PublishAsync(() => JoinBench.RunAsync(options, Console.Error, cancellationToken), arguments.GetValue(json));
});

var chatPeers = new Option<int[]>("--peers")
{
    Description = "Numbers of peers in the room.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [1000, 2000, 5000],
};
var messages = new Option<int>("--messages") { Description = "Messages measured in the largest room, one a second; in a smaller one as many more as give as many deliveries.", DefaultValueFactory = _ => 20 };
var chat = new Command("chat", "One chat message to everybody in a room: delays, and cost of each delivery.") { json, chatPeers, messages, server };
chat.SetAction(async (arguments, cancellationToken) =>
{
    var options = new ChatBenchOptions
    {
        ServerDll = arguments.GetValue(server) ?? ServerProcess.FindProgram(),
        Peers = arguments.GetValue(chatPeers)!,
        Messages = arguments.GetValue(messages),
    };
    return await PublishAsync(() => ChatBench.RunAsync(options, Console.Error, cancellationToken), arguments.GetValue(json));
});

var perRow = new Option<double>("--seconds-per-row") { Description = "Time for each row.", DefaultValueFactory = _ => 1 };
var srtp = new Command("srtp", "Nanoseconds to protect or open a packet on each cipher path.") { json, perRow };
srtp.SetAction(arguments =>
{
    var report = new BenchReport("srtp",
    [
        new("operation", "operation"),
        new("path", "path"),
        new("packet_size_bytes", "bytes"),
        new("keys", "keys"),
        new("ns_per_packet", "ns/packet", "0"),
        new("ratio_to_aesgcm", "of AesGcm", "0.00"),
        new("allocated_bytes_per_packet", "alloc B/packet", "0.000"),
    ]);
    foreach (var row in SrtpBench.Run(TimeSpan.FromSeconds(arguments.GetValue(perRow))))
    {
        report.Add(
            row.Operation, row.Path, row.PacketSize, row.Keys, row.NanosecondsPerPacket, row.RatioToAesGcm, row.BytesAllocatedPerPacket);
    }
    report.Publish(Console.Out, arguments.GetValue(json));
    return 0;
});

var rates = new Option<double[]>("--rates")
{
    Description = "Events per second.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [250, 1000, 3000],
};
var endpointCount = new Option<int>("--endpoints") { Description = "Endpoints; one in twenty hangs.", DefaultValueFactory = _ => 1000 };
var hookSeconds = new Option<double>("--seconds") { Description = "Length of each measured window.", DefaultValueFactory = _ => 15 };
var webhooks = new Command("webhooks", "Events to many endpoints of which some hang: delays, and cost of a delivery.") { json, rates, endpointCount, hookSeconds, server };
webhooks.SetAction(async (arguments, cancellationToken) =>
{
    return await PublishAsync(() => WebhooksBench.RunAsync(
        arguments.GetValue(server) ?? ServerProcess.FindProgram(), arguments.GetValue(endpointCount), arguments.GetValue(rates)!,
        TimeSpan.FromSeconds(arguments.GetValue(hookSeconds)), Console.Error, cancellationToken), arguments.GetValue(json));
});

var eventCount = new Option<int>("--events") { Description = "Events.", DefaultValueFactory = _ => 100_000 };
var loss = new Command("loss", "Events while the receiver fails, is away, and the server is killed: what is lost, repeated, out of order.") { json, eventCount, server };
loss.SetAction(async (arguments, cancellationToken) =>
{
    var (report, kept) = await LossBench.RunAsync(
        arguments.GetValue(server) ?? ServerProcess.FindProgram(), arguments.GetValue(eventCount), Console.Error, cancellationToken);
    report.Publish(Console.Out, arguments.GetValue(json));
    return kept ? 0 : 1;
});

var busEvents = new Option<int>("--events") { Description = "Events.", DefaultValueFactory = _ => 20_000 };
var bus = new Command("bus", "Events from the transaction through the log and RabbitMQ to a consumer.") { json, busEvents };
bus.SetAction(async (arguments, cancellationToken) =>
{
    return await PublishAsync(() => BusBench.RunAsync(arguments.GetValue(busEvents), Console.Error, cancellationToken), arguments.GetValue(json));
});

var grpcSeconds = new Option<double>("--seconds") { Description = "Length of each measured window.", DefaultValueFactory = _ => 5 };
var grpc = new Command("grpc", "Small gRPC calls by our implementation and another one, as client and as server.") { json, grpcSeconds };
grpc.SetAction(async (arguments, cancellationToken) =>
{
    return await PublishAsync(() => RpcBench.RunAsync(TimeSpan.FromSeconds(arguments.GetValue(grpcSeconds)), Console.Error, cancellationToken), arguments.GetValue(json));
});
var echoToken = new Argument<string>("token");
var echo = new Command(RpcBench.ServeCommand) { echoToken };
echo.Hidden = true;
echo.SetAction((arguments, _) => EchoServer.RunAsync(arguments.GetValue(echoToken)!));

var root = new RootCommand("Benches of LiveStream.") { sfu, compare, hls, rest, webhooks, loss, join, chat, srtp, bus, grpc, echo };
return await root.Parse(args).InvokeAsync();

// The bench's own reasons to give up are told without a stack.
static async Task<int> PublishAsync(Func<Task<BenchReport>> bench, string? json)
{
    try
    {
        var report = await bench();
        report.Publish(Console.Out, json);
        return 0;
    }
    catch (InvalidOperationException error)
    {
        await Console.Error.WriteLineAsync(error.Message);
        return 1;
    }
}
