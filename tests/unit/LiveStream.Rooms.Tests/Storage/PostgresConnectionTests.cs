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

        Assert.Equal((7, 0, false, "-c geqo=off"), (settings.MaxPoolSize, settings.MaxAutoPrepare, settings.NoResetOnClose, settings.Options));
        Assert.Equal("-c geqo=off", PostgresProvider.Complete(connectionString, background: true).Options);
    }
}
