using LiveStream.Rooms.Domain;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Storage;

/// <summary>The tables of rooms. The schema itself is made by the numbered scripts in <c>Storage/Migrations</c>.</summary>
public sealed class RoomsDbContext(DbContextOptions<RoomsDbContext> options) : DbContext(options)
{
    /// <summary>Customers.</summary>
    public DbSet<Workspace> Workspaces => Set<Workspace>();

    /// <summary>Their keys, retired ones too.</summary>
    public DbSet<WorkspaceKey> WorkspaceKeys => Set<WorkspaceKey>();

    /// <summary>Policies.</summary>
    public DbSet<Template> Templates => Set<Template>();

    /// <summary>Rooms.</summary>
    public DbSet<Room> Rooms => Set<Room>();

    /// <summary>Codes that stand for a role in a room.</summary>
    public DbSet<RoomCode> RoomCodes => Set<RoomCode>();

    /// <summary>Runs of live streams.</summary>
    public DbSet<LiveStreamRun> LiveStreams => Set<LiveStreamRun>();

    /// <summary>Sessions, open and closed.</summary>
    public DbSet<Session> Sessions => Set<Session>();

    /// <summary>Who was in them.</summary>
    public DbSet<SessionPeer> SessionPeers => Set<SessionPeer>();

    /// <summary>Composite recordings.</summary>
    public DbSet<RecordingRun> Recordings => Set<RecordingRun>();

    /// <summary>Files of streams and recordings.</summary>
    public DbSet<RecordingAsset> RecordingAssets => Set<RecordingAsset>();

    /// <summary>What happened; written through <see cref="WriteSession.Publish"/>.</summary>
    public DbSet<EventRow> Events => Set<EventRow>();

    /// <summary>How far subscribers have read it.</summary>
    public DbSet<EventCursorRow> EventCursors => Set<EventCursorRow>();

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // SQLite compares text; milliseconds since 1970 keep the order of time.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMillisecondsConverter>();
    }

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Workspace>(e =>
        {
            e.ToTable("workspaces").HasKey(w => w.CustomerId);
            e.Property(w => w.CustomerId).HasColumnName("customer_id");
            e.Property(w => w.AppId).HasColumnName("app_id");
            e.Property(w => w.Name).HasColumnName("name");
            e.Property(w => w.CreatedAt).HasColumnName("created_at");
        });
        modelBuilder.Entity<WorkspaceKey>(e =>
        {
            e.ToTable("workspace_keys").HasKey(k => k.AccessKey);
            e.Property(k => k.AccessKey).HasColumnName("access_key");
            e.Property(k => k.CustomerId).HasColumnName("customer_id");
            e.Property(k => k.SealedSecret).HasColumnName("sealed_secret").IsRequired();
            e.Property(k => k.CreatedAt).HasColumnName("created_at");
            e.Property(k => k.RetiredAt).HasColumnName("retired_at");
            e.HasOne<Workspace>().WithMany().HasForeignKey(k => k.CustomerId);
            e.Ignore(k => k.IsValid).Ignore(k => k.Secret);
        });
        modelBuilder.Entity<Template>(e =>
        {
            e.ToTable("templates").HasKey(t => t.Id);
            e.Property(t => t.Id).HasColumnName("id");
            e.Property(t => t.CustomerId).HasColumnName("customer_id");
            e.Property(t => t.Name).HasColumnName("name");
            e.Property(t => t.IsDefault).HasColumnName("is_default");
            e.Property(t => t.Document).HasColumnName("document").HasConversion<TemplateDocumentConverter, TemplateDocumentComparer>();
            e.Property(t => t.CreatedAt).HasColumnName("created_at");
            e.Property(t => t.UpdatedAt).HasColumnName("updated_at");
            e.HasOne<Workspace>().WithMany().HasForeignKey(t => t.CustomerId);
        });
        modelBuilder.Entity<Room>(e =>
        {
            e.ToTable("rooms").HasKey(r => r.Id);
            e.Property(r => r.Id).HasColumnName("id");
            e.Property(r => r.CustomerId).HasColumnName("customer_id");
            e.Property(r => r.TemplateId).HasColumnName("template_id");
            e.Property(r => r.Name).HasColumnName("name");
            e.Property(r => r.NameKey).HasColumnName("name_key");
            e.Property(r => r.Description).HasColumnName("description");
            e.Property(r => r.Enabled).HasColumnName("enabled");
            e.Property(r => r.Region).HasColumnName("region");
            e.Property(r => r.LargeRoom).HasColumnName("large_room");
            e.Property(r => r.Size).HasColumnName("size");
            e.Property(r => r.MaxDurationSeconds).HasColumnName("max_duration_seconds");
            e.Property(r => r.Recording).HasColumnName("recording").HasJson(RoomJson.Default.RoomRecording);
            e.Property(r => r.Webhook).HasColumnName("webhook").HasJson(RoomJson.Default.SealedWebhook);
            e.Property(r => r.Polls).HasColumnName("polls").HasJson(RoomJson.Default.IReadOnlyListString);
            e.Property(r => r.CreatedAt).HasColumnName("created_at");
            e.Property(r => r.UpdatedAt).HasColumnName("updated_at");
            e.HasOne<Workspace>().WithMany().HasForeignKey(r => r.CustomerId);
            e.HasOne<Template>().WithMany().HasForeignKey(r => r.TemplateId);
        });
        modelBuilder.Entity<RoomCode>(e =>
        {
            e.ToTable("room_codes").HasKey(c => c.Id);
            e.Property(c => c.Id).HasColumnName("id");
            e.Property(c => c.Code).HasColumnName("code");
            e.Property(c => c.RoomId).HasColumnName("room_id");
            e.Property(c => c.Role).HasColumnName("role");
            e.Property(c => c.Enabled).HasColumnName("enabled");
            e.Property(c => c.CreatedAt).HasColumnName("created_at");
            e.Property(c => c.UpdatedAt).HasColumnName("updated_at");
            e.HasOne<Room>().WithMany().HasForeignKey(c => c.RoomId);
        });
        modelBuilder.Entity<EventRow>(e =>
        {
            e.ToTable("events").HasKey(x => x.MessageId);
            e.Property(x => x.Position).HasColumnName("position");
            e.Property(x => x.MessageId).HasColumnName("message_id").HasConversion<GuidTextConverter>();
            e.Property(x => x.Type).HasColumnName("type");
            e.Property(x => x.Key).HasColumnName("key");
            e.Property(x => x.Body).HasColumnName("body");
            e.Property(x => x.CreatedAt).HasColumnName("created_at");
            e.Property(x => x.Trace).HasColumnName("trace");
        });
        modelBuilder.Entity<EventCursorRow>(e =>
        {
            e.ToTable("event_cursors").HasKey(x => x.Subscriber);
            e.Property(x => x.Subscriber).HasColumnName("subscriber");
            e.Property(x => x.Position).HasColumnName("position");
            e.Property(x => x.UpdatedAt).HasColumnName("updated_at");
        });
        // Sessions, live streams, recordings and their files.
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(RoomsDbContext).Assembly);
    }
}
