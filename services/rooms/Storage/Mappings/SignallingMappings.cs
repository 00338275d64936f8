using LiveStream.Rooms.Placement;

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LiveStream.Rooms.Storage.Mappings;

internal sealed class SignallingNodeMapping : IEntityTypeConfiguration<SignallingNodeRow>
{
    public void Configure(EntityTypeBuilder<SignallingNodeRow> builder)
    {
        builder.ToTable("signalling_nodes").HasKey(n => n.LeaseId);
        builder.Property(n => n.LeaseId).HasColumnName("lease_id");
        builder.Property(n => n.NodeId).HasColumnName("node_id");
        builder.Property(n => n.ControlAddress).HasColumnName("control_address");
        builder.Property(n => n.HttpAddress).HasColumnName("http_address");
        builder.Property(n => n.PublicUrl).HasColumnName("public_url");
        builder.Property(n => n.Peers).HasColumnName("peers");
        builder.Property(n => n.Capacity).HasColumnName("capacity");
        builder.Property(n => n.HeardAt).HasColumnName("heard_at");
    }
}

internal sealed class RoomHostMapping : IEntityTypeConfiguration<RoomHostRow>
{
    public void Configure(EntityTypeBuilder<RoomHostRow> builder)
    {
        builder.ToTable("room_hosts").HasKey(h => h.RoomId);
        builder.Property(h => h.RoomId).HasColumnName("room_id");
        builder.Property(h => h.LeaseId).HasColumnName("lease_id");
        builder.Property(h => h.ClaimedAt).HasColumnName("claimed_at");
        builder.HasOne<SignallingNodeRow>().WithMany().HasForeignKey(h => h.LeaseId);
    }
}
