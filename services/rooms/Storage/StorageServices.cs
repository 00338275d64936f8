using LiveStream.Hosting.Bus;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Storage.Postgres;
using LiveStream.Rooms.Storage.Sqlite;
using LiveStream.Storage;
using LiveStream.Storage.Migrations;

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LiveStream.Rooms.Storage;

/// <summary>Registers the database, its schema, and the event log in it.</summary>
internal static class StorageServices
{
    public static IServiceCollection AddRoomsStorage(this IServiceCollection services)
    {
        services.AddSingleton<IDatabaseProvider>(provider => provider.GetRequiredService<IOptions<RoomsOptions>>().Value.Database.Provider switch
        {
            DatabaseProvider.Postgres => ActivatorUtilities.CreateInstance<PostgresProvider>(provider),
            _ => ActivatorUtilities.CreateInstance<SqliteProvider>(provider),
        });
        services.AddPooledDbContextFactory<RoomsDbContext>((provider, options) => provider.GetRequiredService<IDatabaseProvider>().Configure(options));
        services.AddSingleton(provider => new MigrationRunner(provider.GetRequiredService<IDatabaseProvider>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IdSequence>();
        services.AddSingleton<EventSignal>();
        services.AddSingleton<RoomsDatabase>();
        services.AddSingleton<IEventLog>(provider => ActivatorUtilities.CreateInstance<EventLog>(
            provider, ActivatorUtilities.CreateInstance<RoomsDatabase>(provider, ActivatorUtilities.CreateInstance<BackgroundContexts>(provider))));
        return services;
    }

    /// <summary>Contexts for work that no request waits for.</summary>
    private sealed class BackgroundContexts : IDbContextFactory<RoomsDbContext>
    {
        private readonly PooledDbContextFactory<RoomsDbContext> _contexts;

        public BackgroundContexts(IDatabaseProvider provider)
        {
            var options = new DbContextOptionsBuilder<RoomsDbContext>();
            provider.Configure(options, background: true);
            _contexts = new PooledDbContextFactory<RoomsDbContext>(options.Options);
        }

        public RoomsDbContext CreateDbContext() => _contexts.CreateDbContext();
    }
}
