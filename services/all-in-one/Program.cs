using LiveStream.AllInOne;
using LiveStream.Hosting;
using LiveStream.Rooms;

return await CommandLine.RunAsync(args, settings =>
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions
    {
        Args = settings.ToArguments(),
        ContentRootPath = AppContext.BaseDirectory,
    });
    builder.AddServiceDefaults();
    EmbeddedSettings.AddDerivedDefaults(builder.Configuration);
    builder.AddRooms();
    builder.AddTryPage();

    var app = builder.Build();
    app.MapDefaultEndpoints();
    app.MapRooms();
    app.MapTryPage();
    return app.RunServiceAsync();
});
