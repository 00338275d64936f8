using System.Runtime.CompilerServices;

using LiveStream.Benchmarks.Rpc.Echo.V1;
using LiveStream.Rpc;

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
        builder.Services.AddSingleton<IEcho, EchoService>();
        await using var app = builder.Build();
        app.MapRpc<IEcho>(EchoReflection.Descriptor.Services[0]);
        await app.StartAsync();
        Console.WriteLine(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port);
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
        return 0;
    }
}

/// <summary>What <c>echo.proto</c> stands for.</summary>
internal interface IEcho
{
    Task<EchoMessage> SayAsync(EchoMessage message, CancellationToken cancellationToken);

    IAsyncEnumerable<EchoMessage> RepeatAsync(EchoMessage message, CancellationToken cancellationToken);
}

/// <summary>Gives back what it gets.</summary>
internal sealed class EchoService : IEcho
{
    public Task<EchoMessage> SayAsync(EchoMessage message, CancellationToken cancellationToken) => Task.FromResult(message);

    public async IAsyncEnumerable<EchoMessage> RepeatAsync(EchoMessage message, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var i = 0u; i < message.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new EchoMessage { Text = message.Text, Count = i };
        }

        await Task.CompletedTask;
    }
}
