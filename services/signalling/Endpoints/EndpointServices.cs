using LiveStream.Contracts.Rooms;
using LiveStream.Signalling.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Signalling.Endpoints;

/// <summary>What the handlers of both protocols work with.</summary>
internal sealed record EndpointServices(
    IRoomsDirectory Rooms, MediaSessions Sessions, IOptions<SignallingOptions> Options, ILogger<EndpointServices> Logger);

internal static class EndpointServicesExtensions
{
    public static EndpointServices GetEndpointServices(this IServiceProvider services) =>
        services.GetRequiredService<EndpointServices>();
}
