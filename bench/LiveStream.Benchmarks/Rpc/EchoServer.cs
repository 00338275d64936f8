using System.Runtime.CompilerServices;

using LiveStream.Benchmarks.Rpc.Echo.V1;
using LiveStream.Rpc;
using LiveStream.Rpc.Server;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LiveStream.Benchmarks.Rpc;

/// <summary>What is called, as a process of its own: prints its port, and ends when its input does.</summary>
internal static class EchoServer
{
    public static async Task<int> RunAsync(string token)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Rpc:Port"] = "0", ["Rpc:Token"] = token });
        builder.Logging.ClearProviders();
        builder.AddRpc();
        await using var app = builder.Build();
        app.MapRpc(new RpcServiceDefinition(EchoReflection.Descriptor.Services[0])
            .Unary<EchoMessage, EchoMessage>("Say", (message, _) => Task.FromResult(message))
            .ServerStreaming<EchoMessage, EchoMessage>("Repeat", RepeatAsync));
        await app.StartAsync();
        Console.WriteLine(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port);
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
        return 0;
    }

    private static async IAsyncEnumerable<EchoMessage> RepeatAsync(EchoMessage message, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var i = 0u; i < message.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new EchoMessage { Text = message.Text, Count = i };
        }

        await Task.CompletedTask;
    }
}
