using LiveStream.Rooms.Storage.Postgres;

namespace LiveStream.Rooms.Tests.Storage;

public sealed class PostgresConnectionTests
{
    [Fact]
    public void Complete_NothingSaid_PreparesStatementsAndKeepsSessions()
    {
        var settings = PostgresProvider.Complete("Host=db;Username=u", background: false);

        Assert.Equal((40, 100, true), (settings.MaxPoolSize, settings.MaxAutoPrepare, settings.NoResetOnClose));
        Assert.DoesNotContain("synchronous_commit", settings.Options, StringComparison.Ordinal);
        Assert.Contains("synchronous_commit=off", PostgresProvider.Complete("Host=db", background: true).Options, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=db;Maximum Pool Size=7;Max Auto Prepare=0;No Reset On Close=false;Options=-c geqo=off")]
    [InlineData("Host=db;MaxPoolSize=7;maxautoprepare=0;noresetonclose=false;Options=-c geqo=off")]
    public void Complete_WhatIsSaid_Stays(string connectionString)
    {
        var settings = PostgresProvider.Complete(connectionString, background: false);

        Assert.Equal((7, 0, false), (settings.MaxPoolSize, settings.MaxAutoPrepare, settings.NoResetOnClose));
        Assert.StartsWith("-c geqo=off -c tcp_", settings.Options, StringComparison.Ordinal);
        Assert.StartsWith("-c geqo=off -c tcp_", PostgresProvider.Complete(connectionString, background: true).Options, StringComparison.Ordinal);
    }

    [Fact]
    public void Complete_SessionsOfALostMachine_EndSoon()
    {
        var said = PostgresProvider.Complete("Host=db;Options=-c tcp_keepalives_idle=60", background: true).Options;
        Assert.Equal("-c tcp_keepalives_idle=60 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c tcp_user_timeout=11000", said);
        Assert.Contains("-c tcp_keepalives_idle=5 ", PostgresProvider.Complete("Host=db", background: true).Options, StringComparison.Ordinal);
    }
}
