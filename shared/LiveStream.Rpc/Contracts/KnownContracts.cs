using Google.Protobuf.Reflection;

using LiveStream.Contracts.Packager;
using LiveStream.Contracts.Packager.V1;
using LiveStream.Contracts.RoomControl;
using LiveStream.Contracts.RoomControl.V1;
using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Contracts.Signalling;
using LiveStream.Contracts.Signalling.V1;
using LiveStream.Contracts.Webhooks;
using LiveStream.Contracts.Webhooks.V1;

namespace LiveStream.Rpc.Contracts;

/// <summary>The contracts between services: who serves each, and the proto that it stands for.</summary>
internal static class KnownContracts
{
    private static readonly Dictionary<Type, (Peer Owner, FileDescriptor File)> s_all = new()
    {
        [typeof(IRoomsDirectory)] = (Peer.Rooms, RoomsDirectoryReflection.Descriptor),
        [typeof(ILiveRooms)] = (Peer.Rooms, LiveRoomsReflection.Descriptor),
        [typeof(IWorkspaces)] = (Peer.Rooms, WorkspacesReflection.Descriptor),
        [typeof(IRecordings)] = (Peer.Rooms, RecordingsReflection.Descriptor),
        [typeof(IRoomControl)] = (Peer.Signalling, RoomControlReflection.Descriptor),
        [typeof(IMediaNodes)] = (Peer.Signalling, MediaNodesReflection.Descriptor),
        [typeof(ISfuControl)] = (Peer.Sfu, SfuControlReflection.Descriptor),
        [typeof(IPackagerControl)] = (Peer.Packager, PackagerControlReflection.Descriptor),
        [typeof(IPackagerNodes)] = (Peer.Rooms, PackagerNodesReflection.Descriptor),
        [typeof(ISignallingNodes)] = (Peer.Rooms, SignallingNodesReflection.Descriptor),
        [typeof(IWebhooksControl)] = (Peer.Webhooks, WebhooksControlReflection.Descriptor),
    };

    /// <summary>Every contract.</summary>
    public static IReadOnlyCollection<Type> All => s_all.Keys;

    /// <summary>Who serves it.</summary>
    public static Peer OwnerOf(Type contract) => Find(contract).Owner;

    /// <summary>The service of the contract's proto.</summary>
    public static ServiceDescriptor ServiceOf(Type contract) => Find(contract).File.Services.Single();

    private static (Peer Owner, FileDescriptor File) Find(Type contract) =>
        s_all.TryGetValue(contract, out var known) ? known : throw new ArgumentException($"{contract.Name} is not a contract between services.", nameof(contract));
}
