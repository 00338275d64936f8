using LiveStream.Contracts;
using LiveStream.Signalling.Sessions;
using LiveStream.Testing;

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LiveStream.Signalling.Tests.Sessions;

/// <summary>Calls that must reach the media server do, in the end.</summary>
public sealed class RepeatedCallsTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly TestClock _clock = new();
    private readonly SignallingOptions _options = new();
    private readonly SemaphoreSlim _calls = new(0);
    private readonly RepeatedCalls _repeated;

    public RepeatedCallsTests() => _repeated = new(_clock, Options.Create(_options), NullLogger<RepeatedCalls>.Instance);

    public void Dispose() => _calls.Dispose();

    [Theory]
    [InlineData(ControlError.Unavailable)]
    [InlineData(ControlError.ResourceExhausted)]
    [InlineData(ControlError.Internal)]
    public async Task Failures_AreRepeatedUntilTheCallIsDone(ControlError failure)
    {
        var left = 2;
        await _repeated.DoAsync("test", _ => CallAsync(left-- > 0 ? new ControlException(failure, "away") : null), () => true);
        await NextAsync(TimeSpan.FromSeconds(1));
        await NextAsync(TimeSpan.FromSeconds(2));
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, _calls.CurrentCount);
    }

    [Fact]
    public async Task NotWantedAnyMore_IsNotRepeated()
    {
        var wanted = true;
        await _repeated.DoAsync("test", _ => CallAsync(new ControlException(ControlError.Unavailable, "away")), () => wanted);
        await NextAsync(TimeSpan.FromSeconds(1));
        wanted = false;
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, _calls.CurrentCount);
    }

    [Theory]
    [InlineData(ControlError.NotFound)]
    [InlineData(ControlError.InvalidArgument)]
    [InlineData(ControlError.PermissionDenied)]
    public async Task WhatCannotSucceed_IsNotRepeated(ControlError failure)
    {
        await _repeated.DoAsync("test", _ => CallAsync(new ControlException(failure, "no")), () => true);
        Assert.Equal(1, _calls.CurrentCount);
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, _calls.CurrentCount);
    }

    [Fact]
    public async Task NoAnswerInTime_IsRepeated()
    {
        var hangs = true;
        var first = _repeated.DoAsync(
            "test",
            token =>
            {
                _calls.Release();
                return hangs ? Task.Delay(Timeout.InfiniteTimeSpan, token) : Task.CompletedTask;
            },
            () => true);
        Assert.True(await _calls.WaitAsync(s_patience));
        Assert.False(first.IsCompleted);
        _clock.Advance(_options.ControlTimeout);
        await first.WaitAsync(s_patience);
        hangs = false;
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await _calls.WaitAsync(s_patience));
    }

    private Task CallAsync(ControlException? failure)
    {
        _calls.Release();
        return failure is null ? Task.CompletedTask : Task.FromException(failure);
    }

    // Takes the call before, and waits for the next one, which comes when the time has passed and stays to be taken.
    private async Task NextAsync(TimeSpan pause)
    {
        Assert.True(await _calls.WaitAsync(s_patience));
        _clock.Advance(pause - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, _calls.CurrentCount);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(await _calls.WaitAsync(s_patience));
        _calls.Release();
    }
}
