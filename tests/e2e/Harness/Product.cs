using System.Collections.Concurrent;
using Xunit.Abstractions;
using LiveStream.Testing;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>
/// The real product on free ports: the all-in-one program, or six processes. Scenarios share them where they have no settings
/// of their own, each with a room of its own. Ending it checks the promise about SIGTERM. Or one that runs already (<see cref="RunningProduct"/>), which is left running.
/// </summary>
public sealed partial class Product : IAsyncDisposable
{
    private readonly IReadOnlyList<ProductProgram> _programs;
    private readonly ITestOutputHelper _output;
    private readonly ConcurrentQueue<string> _log;
    private readonly SixServices? _six;
    private readonly SharedProduct? _shared;
    private readonly int _logged;
    private readonly RunningProduct? _running;
    private TimeSpan? _stopped;

    private Product(
        IReadOnlyList<ProductProgram> programs, SixServices? six, ITestOutputHelper output, ConcurrentQueue<string> log, Uri address, int mediaPort, string dataDirectory,
        RunningProduct? running = null)
    {
        (_programs, _six, _output, _log, _running) = (programs, six, output, log, running);
        (Address, MediaPort, DataDirectory) = (address, mediaPort, dataDirectory);
        Http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
        Workspace = Workspace.Read(dataDirectory);
        Tokens = new AuthTokens(Workspace);
    }

    private Product(SharedProduct shared, ITestOutputHelper output) : this(shared.Programs, null, output, shared.Log, shared.Address, shared.MediaPort, shared.Folder) =>
        (_shared, _logged) = (shared, shared.Log.Count);

    /// <summary>Where HTTP is served, on <c>localhost</c>, which browsers treat as a secure origin.</summary>
    public Uri Address { get; }

    /// <summary>UDP and TCP port of the media.</summary>
    public int MediaPort { get; }

    public string DataDirectory { get; }

    public HttpClient Http { get; }

    public Workspace Workspace { get; private set; }

    public AuthTokens Tokens { get; private set; }

    /// <summary>What the programs have written so far.</summary>
    internal IReadOnlyCollection<string> Log => _log;

    /// <summary>The six processes; null for the one.</summary>
    internal SixServices? Six => _six;

    /// <summary>The process whose children are the packager's encoders.</summary>
    public int PackagerProcessId => _programs.First(program => program.Name is "all-in-one" or "hls-packager").Id;

    /// <summary>Process id of one of the programs.</summary>
    public int ProcessIdOf(string name) => _programs.Single(program => program.Name == name).Id;

    public bool HasExited => _programs.Any(program => program.HasExited);

    /// <summary>Static playback URL of the demo room.</summary>
    public Uri StaticPlaylist => new(Address, $"/hls/{Workspace.CustomerId}/{Workspace.RoomId}/master.m3u8");

    public Uri Whip => new(Address, $"/whip/{Workspace.RoomId}");

    public Uri Whep => new(Address, $"/whep/{Workspace.RoomId}");

    /// <summary>Starts the product, with settings as environment variables (<c>Section__Name</c>), and waits for <c>/readyz</c>.</summary>
    public static Task<Product> StartAsync(ITestOutputHelper output, params (string Name, string Value)[] settings) =>
        StartAsync(output, Form.AsTheRunSays, settings);

    /// <summary>The same in that form.</summary>
    public static Task<Product> StartAsync(ITestOutputHelper output, Form form, params (string Name, string Value)[] settings) =>
        StartAsync(output, form, null, settings);

    /// <summary>The same on that database and broker.</summary>
    internal static async Task<Product> StartAsync(ITestOutputHelper output, Form form, Surroundings? surroundings, params (string Name, string Value)[] settings)
    {
        if (RunningProduct.Find() is { } running)
        {
            if (settings.Length > 0) throw new InvalidOperationException("a product that runs already takes no settings: this scenario cannot be run against it");
            return new Product([], null, output, [], running.Address, 0, running.KeysFolder, running);
        }

        if (form == Form.AsTheRunSays) form = Environment.GetEnvironmentVariable("E2E_FORM") == "six" ? Form.SixServices : Form.OneProcess;
        if (form is (Form.OneProcess or Form.SixServices) && settings.Length == 0 && surroundings is null) return await StartOnSharedAsync(form, output);
        var dataDirectory = Directory.CreateTempSubdirectory("livestream-e2e-").FullName;
        var log = new ConcurrentQueue<string>();
        var (port, mediaPort) = (FreePort.Take(), FreePort.Take());
        var six = form == Form.OneProcess ? null : await SixServices.PrepareAsync(dataDirectory, form, settings, log, surroundings);
        var address = six?.Address ?? new Uri($"http://localhost:{port}");
        var programs = six?.Programs ?? [ProductProgram.AllInOne(port, mediaPort, dataDirectory, settings, log)];
        try
        {
            await StartAsync(programs);
            return new Product(programs, six, output, log, address, six?.MediaPort ?? mediaPort, dataDirectory);
        }
        catch
        {
            foreach (var program in programs.Where(program => program.Started)) await program.KillAsync();
            if (six is not null) await six.DisposeAsync();
            foreach (var line in log) output.WriteLine(line);
            throw;
        }
    }

    private static async Task<Product> StartOnSharedAsync(Form form, ITestOutputHelper output)
    {
        var product = new Product(await SharedProduct.GetAsync(form), output);
        await product.MakeRoomAsync();
        return product;
    }

    /// <summary>Kills everything without a warning, and starts it again on the same ports and data.</summary>
    public async Task KillAndStartAgainAsync()
    {
        foreach (var program in _programs) await program.KillAsync();
        await StartAsync(_programs);
    }

    /// <summary>What a service, or the one program, measures of itself; not everybody may read it.</summary>
    public Task<string> MetricsAsync(string service) =>
        Http.GetStringAsync(new Uri(_programs.First(program => program.Name == service || _programs.Count == 1).Address, "/metrics"));

    /// <summary>Kills one of the processes without a warning; it is away until <see cref="StartAgainAsync"/>.</summary>
    public Task KillAsync(string name) => _running?.ControlAsync("kill", name) ?? _programs.Single(program => program.Name == name).KillAsync();

    /// <summary>Starts a killed process again, and waits until it is ready.</summary>
    public Task StartAgainAsync(string name) => _running?.ControlAsync("start", name) ?? StartAsync([_programs.Single(program => program.Name == name)]);

    /// <summary>Address of the web client for a role of the demo room, as it is printed.</summary>
    public Uri MeetingFor(string role, string query = "") => new(Address, $"/meeting/{Workspace.RoomCodes[role]}{query}");

    /// <summary>Address of the try page for a role of the demo room.</summary>
    public string PageFor(string role, string query = "") => new Uri(Address, $"/try/?code={Workspace.RoomCodes[role]}{query}").ToString();

    /// <summary>Sends SIGTERM and returns how long the slowest program took to end; kills those that take far too long.</summary>
    public async Task<TimeSpan> StopAsync() => _shared is not null ? throw new InvalidOperationException("others need it") : (_stopped ??= (await Task.WhenAll(_programs.Select(program => program.StopAsync()))).Max());

    /// <summary>
    /// Sends SIGTERM to the program that packages and returns how long it took to end. Where other scenarios need it, it is
    /// started again.
    /// </summary>
    public async Task<TimeSpan> TerminatePackagerAsync()
    {
        if (_shared is null) return await StopAsync();
        var packager = _programs.Single(program => program.Id == PackagerProcessId);
        var took = await packager.StopAsync();
        await StartAsync([packager]);
        return took;
    }

    public async ValueTask DisposeAsync()
    {
        if (_running is not null)
        {
            Http.Dispose();
            return;
        }

        if (_shared is not null)
        {
            await LeaveSharedAsync();
            return;
        }

        var early = _programs.Where(program => program.EndedEarly).Select(program => $"{program.Name} ended by itself with code {program.ExitCode}").ToArray();
        var checkTime = _stopped is null;
        var took = await StopAsync();
        if (_six is not null) await _six.DisposeAsync();
        Http.Dispose();
        foreach (var line in _log.TakeLast(300)) _output.WriteLine(line); // the runner shows it when the scenario fails
        Directory.Delete(DataDirectory, recursive: true);
        Assert.Empty(early);
        Assert.True(!checkTime || took <= Limits.Shutdown, $"SIGTERM took {took}");
    }

    private async Task LeaveSharedAsync()
    {
        var early = _programs.Where(program => program.EndedEarly).Select(program => $"{program.Name} ended by itself with code {program.ExitCode}").ToArray();
        if (early.Length == 0) await EmptyRoomAsync();
        Http.Dispose();
        foreach (var line in _log.Skip(_logged).TakeLast(300)) _output.WriteLine(line);
        Assert.Empty(early);
    }

    internal static async Task StartAsync(IReadOnlyList<ProductProgram> programs)
    {
        foreach (var program in programs) program.Start();
        foreach (var program in programs) await program.WaitUntilReadyAsync();
    }
}
