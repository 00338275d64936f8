using LiveStream.Rooms.Domain;

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace LiveStream.Rooms.Storage.Mappings;

internal sealed class SessionMapping : IEntityTypeConfiguration<Session>
{
    public void Configure(EntityTypeBuilder<Session> builder)
    {
        builder.ToTable("sessions").HasKey(s => s.Id);
        builder.Property(s => s.Id).HasColumnName("id");
        builder.Property(s => s.CustomerId).HasColumnName("customer_id");
        builder.Property(s => s.RoomId).HasColumnName("room_id");
        builder.Property(s => s.Active).HasColumnName("active");
        builder.Property(s => s.CreatedAt).HasColumnName("created_at");
        builder.Property(s => s.UpdatedAt).HasColumnName("updated_at");
        builder.HasOne<Workspace>().WithMany().HasForeignKey(s => s.CustomerId);
        builder.HasOne<Room>().WithMany().HasForeignKey(s => s.RoomId);
    }
}

internal sealed class SessionPeerMapping : IEntityTypeConfiguration<SessionPeer>
{
    public void Configure(EntityTypeBuilder<SessionPeer> builder)
    {
        builder.ToTable("session_peers").HasKey(p => new { p.SessionId, p.Id });
        builder.Property(p => p.SessionId).HasColumnName("session_id");
        builder.Property(p => p.Id).HasColumnName("id");
        builder.Property(p => p.Name).HasColumnName("name");
        builder.Property(p => p.Role).HasColumnName("role");
        builder.Property(p => p.UserId).HasColumnName("user_id");
        builder.Property(p => p.TokenHash).HasColumnName("token_hash");
        builder.Property(p => p.JoinedAt).HasColumnName("joined_at");
        builder.Property(p => p.LeftAt).HasColumnName("left_at");
        builder.HasOne<Session>().WithMany().HasForeignKey(p => p.SessionId);
    }
}

internal sealed class LiveStreamMapping : IEntityTypeConfiguration<LiveStreamRun>
{
    public void Configure(EntityTypeBuilder<LiveStreamRun> builder)
    {
        builder.ToTable("live_streams").HasKey(s => s.Id);
        builder.Property(s => s.Id).HasColumnName("id");
        builder.Property(s => s.CustomerId).HasColumnName("customer_id");
        builder.Property(s => s.RoomId).HasColumnName("room_id");
        builder.Property(s => s.SessionId).HasColumnName("session_id");
        builder.Property(s => s.Destination).HasColumnName("destination");
        builder.Property(s => s.Path).HasColumnName("path");
        builder.Property(s => s.MeetingUrl).HasColumnName("meeting_url");
        builder.Property(s => s.HlsVod).HasColumnName("hls_vod");
        builder.Property(s => s.SingleFilePerLayer).HasColumnName("single_file_per_layer");
        builder.Property(s => s.Zip).HasColumnName("zip");
        builder.Property(s => s.PresignSeconds).HasColumnName("presign_seconds");
        builder.Property(s => s.RecordedAt).HasColumnName("recorded_at");
        builder.Property(s => s.RecordingPaused).HasColumnName("recording_paused");
        builder.Property(s => s.Transcription).HasColumnName("transcription").HasJson(HistoryJson.Default.TranscriptionSettings);
        // Two writers of one row (an API call and the packager's report) see each other.
        builder.Property(s => s.Status).HasColumnName("status").IsConcurrencyToken();
        builder.Property(s => s.Reason).HasColumnName("reason");
        builder.Property(s => s.StartedBy).HasColumnName("started_by");
        builder.Property(s => s.StoppedBy).HasColumnName("stopped_by");
        builder.Property(s => s.CreatedAt).HasColumnName("created_at");
        builder.Property(s => s.StartedAt).HasColumnName("started_at");
        builder.Property(s => s.StoppedAt).HasColumnName("stopped_at");
        builder.Property(s => s.UpdatedAt).HasColumnName("updated_at");
        builder.HasOne<Workspace>().WithMany().HasForeignKey(s => s.CustomerId);
        builder.HasOne<Room>().WithMany().HasForeignKey(s => s.RoomId);
        builder.Ignore(s => s.IsLive).Ignore(s => s.IsOver).Ignore(s => s.IsRecorded);
    }
}

internal sealed class RecordingMapping : IEntityTypeConfiguration<RecordingRun>
{
    public void Configure(EntityTypeBuilder<RecordingRun> builder)
    {
        builder.ToTable("recordings").HasKey(r => r.Id);
        builder.Property(r => r.Id).HasColumnName("id");
        builder.Property(r => r.CustomerId).HasColumnName("customer_id");
        builder.Property(r => r.RoomId).HasColumnName("room_id");
        builder.Property(r => r.SessionId).HasColumnName("session_id");
        builder.Property(r => r.Destination).HasColumnName("destination");
        builder.Property(r => r.MeetingUrl).HasColumnName("meeting_url");
        builder.Property(r => r.Width).HasColumnName("width");
        builder.Property(r => r.Height).HasColumnName("height");
        builder.Property(r => r.AudioOnly).HasColumnName("audio_only");
        builder.Property(r => r.Transcription).HasColumnName("transcription").HasJson(HistoryJson.Default.TranscriptionSettings);
        builder.Property(r => r.AssetTypes).HasColumnName("asset_types").HasJson(HistoryJson.Default.IReadOnlyListString);
        builder.Property(r => r.Status).HasColumnName("status").IsConcurrencyToken();
        builder.Property(r => r.Paused).HasColumnName("paused");
        builder.Property(r => r.Reason).HasColumnName("reason");
        builder.Property(r => r.StartedBy).HasColumnName("started_by");
        builder.Property(r => r.StoppedBy).HasColumnName("stopped_by");
        builder.Property(r => r.CreatedAt).HasColumnName("created_at");
        builder.Property(r => r.StartedAt).HasColumnName("started_at");
        builder.Property(r => r.StoppedAt).HasColumnName("stopped_at");
        builder.Property(r => r.UpdatedAt).HasColumnName("updated_at");
        builder.HasOne<Workspace>().WithMany().HasForeignKey(r => r.CustomerId);
        builder.HasOne<Room>().WithMany().HasForeignKey(r => r.RoomId);
        builder.Ignore(r => r.IsLive).Ignore(r => r.IsOver);
    }
}

internal sealed class RecordingAssetMapping : IEntityTypeConfiguration<RecordingAsset>
{
    public void Configure(EntityTypeBuilder<RecordingAsset> builder)
    {
        builder.ToTable("recording_assets").HasKey(a => a.Id);
        builder.Property(a => a.Id).HasColumnName("id");
        builder.Property(a => a.CustomerId).HasColumnName("customer_id");
        builder.Property(a => a.JobId).HasColumnName("job_id");
        builder.Property(a => a.RoomId).HasColumnName("room_id");
        builder.Property(a => a.SessionId).HasColumnName("session_id");
        builder.Property(a => a.Type).HasColumnName("type");
        builder.Property(a => a.Status).HasColumnName("status");
        builder.Property(a => a.ObjectKey).HasColumnName("object_key");
        builder.Property(a => a.Size).HasColumnName("size");
        builder.Property(a => a.Duration).HasColumnName("duration");
        builder.Property(a => a.Thumbnails).HasColumnName("thumbnails").HasJson(HistoryJson.Default.IReadOnlyListString);
        builder.Property(a => a.Metadata).HasColumnName("metadata").HasConversion(new ValueConverter<JsonObjectText, string>(m => m.Text, text => new JsonObjectText(text)));
        builder.Property(a => a.CreatedAt).HasColumnName("created_at");
        builder.HasOne<Workspace>().WithMany().HasForeignKey(a => a.CustomerId);
        builder.HasOne<Room>().WithMany().HasForeignKey(a => a.RoomId);
    }
}

internal sealed class ServerSecretMapping : IEntityTypeConfiguration<ServerSecret>
{
    public void Configure(EntityTypeBuilder<ServerSecret> builder)
    {
        builder.ToTable("server_secrets").HasKey(s => s.Name);
        builder.Property(s => s.Name).HasColumnName("name");
        builder.Property(s => s.SealedSecret).HasColumnName("sealed_secret");
        builder.Property(s => s.CreatedAt).HasColumnName("created_at");
    }
}

/// <summary>A secret that the server made for itself.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="SealedSecret">Random bytes, sealed.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record ServerSecret(string Name, byte[] SealedSecret, DateTimeOffset CreatedAt)
{
    /// <summary>The row that the secret is sealed for.</summary>
    public static string OwnerOf(string name) => $"server_secrets/{name}";
}
