using System.Diagnostics;

using LiveStream.Benchmarks.Rpc.Echo.V1;
using LiveStream.Rpc.Client;

namespace LiveStream.Benchmarks.Rpc;

/// <summary>What was measured of one client and one server.</summary>
internal sealed record RpcFigures(double CallsPerSecond, double BusyP99, double P50, double P99, double StreamedPerSecond);

/// <summary>The same calls as <c>tests/interop/grpc/load.mjs</c> makes, by our client.</summary>
internal static class RpcLoad
{
    private const int InFlight = 64;
    private const uint Streamed = 20_000;

    private static readonly EchoMessage s_message = new() { Text = "the quick brown fox jumps over the lazy dog" };
    private static readonly Google.Protobuf.Reflection.ServiceDescriptor s_echo = EchoReflection.Descriptor.Services[0];

    public static async Task<RpcFigures> RunAsync(RpcChannel channel, TimeSpan window, CancellationToken cancellationToken)
    {
        await CallAsync(channel, TimeSpan.FromSeconds(2), InFlight, cancellationToken);
        await StreamAsync(channel, cancellationToken);
        var many = await CallAsync(channel, window, InFlight, cancellationToken);
        var single = await CallAsync(channel, window / 2, 1, cancellationToken);
        return new RpcFigures(
            many.Length / window.TotalSeconds, Percentile(many, 0.99), Percentile(single, 0.5), Percentile(single, 0.99), await StreamAsync(channel, cancellationToken));
    }

    // Milliseconds of each call, shortest first.
    private static async Task<double[]> CallAsync(RpcChannel channel, TimeSpan window, int callers, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(CallerAsync, cancellationToken)));
        return [.. times.SelectMany(t => t).Order()];

        async Task<List<double>> CallerAsync()
        {
            var mine = new List<double>();
            while (Stopwatch.GetElapsedTime(began) < window)
            {
                var start = Stopwatch.GetTimestamp();
                await channel.UnaryAsync<EchoMessage, EchoMessage>(s_echo.FindMethodByName("Say"), s_message, cancellationToken);
                mine.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            return mine;
        }
    }

    private static async Task<double> StreamAsync(RpcChannel channel, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var seen = 0;
        var request = new EchoMessage { Text = s_message.Text, Count = Streamed };
        await foreach (var _ in channel.ServerStreamingAsync<EchoMessage, EchoMessage>(s_echo.FindMethodByName("Repeat"), request, cancellationToken)) seen++;
        return seen / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static double Percentile(double[] sorted, double p) => sorted[Math.Clamp((int)Math.Ceiling(sorted.Length * p) - 1, 0, sorted.Length - 1)];
}
