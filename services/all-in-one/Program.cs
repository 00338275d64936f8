using LiveStream.AllInOne;
using LiveStream.Bus;
using LiveStream.Hosting;
using LiveStream.HlsPackager;
using LiveStream.Recording;
using LiveStream.Rooms;
using LiveStream.Sfu;
using LiveStream.Signalling;
using LiveStream.Webhooks;

return await CommandLine.RunAsync(args, settings => ServiceDefaults.RunServiceAsync(() =>
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions
    {
        Args = settings.ToArguments(),
        ContentRootPath = AppContext.BaseDirectory,
    });
    builder.AddServiceDefaults();
    EmbeddedSettings.AddDerivedDefaults(builder.Configuration);
    builder.Services.AddSingleton(DataFolder.Take(builder.Configuration["Rooms:DataDirectory"]!));
    builder.AddRooms();
    builder.AddWebhooks();
    builder.AddSfu();
    builder.AddSignalling();
    builder.AddHlsPackager();
    builder.AddRecording();
    builder.AddTryPage();
    builder.AddEventBus();

    var app = builder.Build();
    app.MapDefaultEndpoints();
    app.MapRooms();
    app.MapWebhooks();
    app.MapSfu();
    app.MapSignalling();
    app.MapHlsPackager();
    app.MapRecording();
    app.MapTryPage();
    return app;
}));
