using LiveStream.Webhooks.Delivery;

namespace LiveStream.Webhooks.Tests.Delivery;

public sealed class DeliveryPolicyTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly DeliveryPolicy _policy = new(new RetrySchedule(), TimeSpan.FromDays(5), requireStatus200: false);

    [Theory]
    [InlineData(200, false, true)]
    [InlineData(204, false, true)]
    [InlineData(299, false, true)]
    [InlineData(200, true, true)]
    [InlineData(204, true, false)]
    [InlineData(302, false, false)]
    [InlineData(400, false, false)]
    [InlineData(500, false, false)]
    [InlineData(0, false, false)]
    public void IsSuccess_EveryTwoHundredUnlessOnly200Counts(int status, bool strict, bool success) =>
        Assert.Equal(success, new DeliveryPolicy(new RetrySchedule(), TimeSpan.FromDays(5), strict).IsSuccess(status));

    [Fact]
    public void After_Success_IsDelivered() => Assert.Equal(DeliveryState.Delivered, After(200, 7).State);

    [Fact]
    public void After_FirstFailure_IsTriedAgainAfterASecond()
    {
        var decision = After(500, 1);
        Assert.Equal((DeliveryState.Pending, s_now.AddSeconds(1)), (decision.State, decision.NextAt));
        Assert.Null(decision.HoldUntil);
    }

    [Fact]
    public void After_LastFailure_IsGivenUpAndTheEndpointStays()
    {
        var decision = After(500, RetrySchedule.BuiltIn.Count + 1);
        Assert.Equal(DeliveryState.Failed, decision.State);
        Assert.Null(decision.DisableEndpoint);
    }

    [Fact]
    public void After_Gone_TurnsTheEndpointOff()
    {
        var decision = After(410, 1);
        Assert.Equal(DeliveryState.Failed, decision.State);
        Assert.NotNull(decision.DisableEndpoint);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public void After_RetryAfter_HoldsTheEndpoint(int status)
    {
        var decision = After(status, 1, TimeSpan.FromSeconds(90));
        Assert.Equal(s_now.AddSeconds(90), decision.HoldUntil);
        Assert.Equal(s_now.AddSeconds(90), decision.NextAt);
    }

    [Fact]
    public void After_RetryAfterOfOtherFailures_IsNotObeyed() => Assert.Null(After(500, 1, TimeSpan.FromSeconds(90)).HoldUntil);

    [Fact]
    public void After_RetryAfterOfAYear_IsCutToAnHour() => Assert.Equal(s_now.AddHours(1), After(429, 1, TimeSpan.FromDays(365)).HoldUntil);

    [Fact]
    public void After_FiveDaysOfFailures_TurnsTheEndpointOff()
    {
        Assert.NotNull(_policy.After(OutcomeOf(0, null), 1, false, s_now.AddDays(-5), s_now, 0).DisableEndpoint);
        Assert.Null(_policy.After(OutcomeOf(0, null), 1, false, s_now.AddDays(-5).AddSeconds(1), s_now, 0).DisableEndpoint);
    }

    [Fact]
    public void After_RepeatedByHand_EndsAfterThreeRetries()
    {
        Assert.Equal(DeliveryState.Pending, _policy.After(OutcomeOf(500, null), 3, true, null, s_now, 0).State);
        Assert.Equal(DeliveryState.Failed, _policy.After(OutcomeOf(500, null), 4, true, null, s_now, 0).State);
    }

    private static AttemptOutcome OutcomeOf(int status, TimeSpan? retryAfter) => new(status, retryAfter, "", "", s_now, TimeSpan.Zero);

    private DeliveryDecision After(int status, int attempts, TimeSpan? retryAfter = null) => _policy.After(OutcomeOf(status, retryAfter), attempts, false, null, s_now, 0);
}
