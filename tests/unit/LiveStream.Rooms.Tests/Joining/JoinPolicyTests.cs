using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Joining;

namespace LiveStream.Rooms.Tests.Joining;

public sealed class JoinPolicyTests
{
    private static readonly Template s_starter = StarterTemplate.Create("65aa00000000000000000001", FixedTime.Noon);

    private static readonly Room s_room = new()
    {
        Id = "65f0a1b2c3d4e5f60718293a", CustomerId = "65aa00000000000000000001", TemplateId = "t", Name = "demo",
        CreatedAt = FixedTime.Noon, UpdatedAt = FixedTime.Noon,
    };

    [Fact]
    public void GrantOf_Broadcaster_PublishesEverythingWithAllLayersTogether()
    {
        var grant = JoinPolicy.GrantOf(s_room, s_starter.FindRole(StarterTemplate.Broadcaster)!, "u-1");

        Assert.True(grant is { PublishAudio: true, PublishVideo: true, PublishScreen: true, BroadcastByHls: true });
        Assert.Equal(1500u + 500 + 150, grant.MaxVideoKbps);
        Assert.Equal("u-1", grant.UserId);
        Assert.Equal(s_room.Id, grant.RoomId);
        Assert.Equal(s_room.CustomerId, grant.CustomerId);
        Assert.Equal(3, grant.SubscribeToRoles.Count);
    }

    [Fact]
    public void GrantOf_GuestOnStage_HasNoScreenAndASingleLayer()
    {
        var grant = JoinPolicy.GrantOf(s_room, s_starter.FindRole(StarterTemplate.ViewerOnStage)!, null);

        Assert.True(grant is { PublishAudio: true, PublishVideo: true, PublishScreen: false });
        Assert.Equal(400u, grant.MaxVideoKbps);
        Assert.Equal("", grant.UserId);
    }

    [Fact]
    public void GrantOf_BroadcastAudience_MayNothing()
    {
        var grant = JoinPolicy.GrantOf(s_room, s_starter.FindRole(StarterTemplate.ViewerNearRealtime)!, null);

        Assert.True(grant is { PublishAudio: false, PublishVideo: false, PublishScreen: false, BroadcastByHls: false });
        Assert.Empty(grant.SubscribeToRoles);
        Assert.Equal(0u, grant.MaxVideoKbps);
    }
}
