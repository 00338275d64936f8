using LiveStream.Contracts;
using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Requests;

namespace LiveStream.Signalling.Media;

/// <summary>Stands where nothing serves media over the client protocol: peers join without, and offers are refused.</summary>
internal sealed class NoPeerMedia : IPeerMedia
{
    private const string Message = "this server takes no media over this connection; join without an offer, or publish by WHIP";

    public IDisposable OpenRoom(string roomId, Func<MediaEvent, bool> report) => Nothing.Instance;

    public Task<MediaAnswer> OfferAsync(
        MediaPeer peer, string offerSdp, IReadOnlyDictionary<string, TrackInfo> tracks, CancellationToken cancellationToken) =>
        Task.FromException<MediaAnswer>(new ControlException(ControlError.FailedPrecondition, Message));

    public Task AnswerAsync(MediaPeer peer, string answerSdp, CancellationToken cancellationToken) => Refuse();

    public Task TrickleAsync(MediaPeer peer, int target, CandidateParams candidate, CancellationToken cancellationToken) => Refuse();

    public Task ChangeRoleAsync(MediaPeer peer, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ResumeAsync(MediaPeer peer, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task CloseAsync(string roomId, string peerId, string reason, CancellationToken cancellationToken) => Task.CompletedTask;

    private static Task Refuse() => Task.FromException(new ControlException(ControlError.FailedPrecondition, Message));

    private sealed class Nothing : IDisposable
    {
        public static readonly Nothing Instance = new();

        public void Dispose()
        {
        }
    }
}
