using LiveStream.Contracts;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Recordings;

namespace LiveStream.Rooms.Tests.History;

/// <summary>A recorder that remembers what it was asked, by room.</summary>
internal sealed class FakeRecorder : IRecorder
{
    private readonly List<(string Call, RecordingRun Run)> _calls = [];
    private readonly HashSet<string> _lost = [];

    /// <summary>Rooms whose recordings it does not know.</summary>
    public void Lose(string roomId)
    {
        lock (_calls) _lost.Add(roomId);
    }

    /// <summary>What it was asked for that room.</summary>
    public IReadOnlyList<string> CallsOf(string roomId)
    {
        lock (_calls) return [.. _calls.Where(call => call.Run.RoomId == roomId).Select(call => call.Call)];
    }

    public void RequireInstalled()
    {
    }

    public Task StartAsync(RecordingRun run, CancellationToken cancellationToken) => NoteAsync("start", run);

    public Task StopAsync(RecordingRun run, CancellationToken cancellationToken) => NoteAsync("stop", run);

    public Task UpdateAsync(RecordingRun run, CancellationToken cancellationToken) => NoteAsync(run.Paused ? "pause" : "resume", run);

    private Task NoteAsync(string call, RecordingRun run)
    {
        lock (_calls)
        {
            if (_lost.Contains(run.RoomId)) return Task.FromException(new ControlException(ControlError.NotFound, "unknown recording"));
            _calls.Add((call, run));
            return Task.CompletedTask;
        }
    }
}
