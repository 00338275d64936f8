using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LiveStream.Sfu.Interop;

namespace LiveStream.Sfu.Workers;

/// <summary>epoll plus an eventfd that other threads use to wake the owner.</summary>
internal sealed unsafe class Poller : IDisposable
{
    private const int Capacity = 256;
    private const ulong WakeToken = ulong.MaxValue;

    // epoll_event is packed on x86-64 and naturally aligned elsewhere.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = DataOffset + 8;

    private readonly int _epoll;
    private readonly int _wake;
    private readonly byte* _events;
    private int _woken;

    public Poller()
    {
        _epoll = LinuxSockets.EpollCreate(LinuxSockets.SockCloseOnExec);
        _wake = LinuxSockets.EventFd(0, LinuxSockets.SockNonBlock | LinuxSockets.SockCloseOnExec);
        if (_epoll < 0 || _wake < 0) throw new IOException("Cannot create an epoll instance: " + new Win32Exception(Marshal.GetLastPInvokeError()).Message);
        _events = (byte*)NativeMemory.AllocZeroed(Capacity, (nuint)EventSize);
        Add(_wake, WakeToken, writable: false);
    }

    /// <summary>Starts watching; <paramref name="token"/> comes back with each event of the descriptor.</summary>
    public void Add(int fd, ulong token, bool writable) => Control(LinuxSockets.EpollCtlAdd, fd, token, writable);

    /// <summary>Watches for room to write as well, or no longer.</summary>
    public void Modify(int fd, ulong token, bool writable) => Control(LinuxSockets.EpollCtlModify, fd, token, writable);

    /// <summary>Stops watching; closing the descriptor does the same.</summary>
    public void Remove(int fd) => Control(LinuxSockets.EpollCtlDelete, fd, 0, writable: false);

    /// <summary>Wakes the owner from any thread. One system call per sleep, however many callers.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _woken, 1) != 0) return;
        ulong one = 1;
        _ = LinuxSockets.Write(_wake, &one, sizeof(ulong));
    }

    /// <summary>Waits at most the given milliseconds; returns how many events are there.</summary>
    public int Wait(int timeoutMilliseconds)
    {
        var count = Math.Max(0, LinuxSockets.EpollWait(_epoll, _events, Capacity, timeoutMilliseconds));
        for (var i = 0; i < count; i++)
        {
            // Only a wake that has arrived is taken: one that is still being written would stay behind and wake for ever.
            if (Event(i).Token != WakeToken) continue;
            ulong drained;
            _ = LinuxSockets.Read(_wake, &drained, sizeof(ulong));
            // A full barrier: what was queued before a wake that is dropped from here on is seen by the owner's next look.
            Interlocked.Exchange(ref _woken, 0);
            break;
        }

        return count;
    }

    /// <summary>Sleeps, whatever arrives; at most a second.</summary>
    public static void Pause(long microseconds)
    {
        var time = new LinuxSockets.TimeSpec { Nanoseconds = Math.Clamp(microseconds, 0, 999_999) * 1000 };
        _ = LinuxSockets.Sleep(&time, null);
    }

    /// <summary>Event by index: the token it was added with and the epoll flags. The wake event has token 2^64-1.</summary>
    public (ulong Token, uint Flags) Event(int index)
    {
        var entry = _events + (index * EventSize);
        return (Unsafe.ReadUnaligned<ulong>(entry + DataOffset), *(uint*)entry);
    }

    public void Dispose()
    {
        // Who wakes it from now on must not write to whatever gets its number next.
        Interlocked.Exchange(ref _woken, 1);
        _ = LinuxSockets.Close(_epoll);
        _ = LinuxSockets.Close(_wake);
        NativeMemory.Free(_events);
    }

    private void Control(int operation, int fd, ulong token, bool writable)
    {
        var change = stackalloc byte[16];
        *(uint*)change = (uint)(LinuxSockets.EpollIn | (writable ? LinuxSockets.EpollOut : 0));
        Unsafe.WriteUnaligned(change + DataOffset, token);
        _ = LinuxSockets.EpollControl(_epoll, operation, fd, change);
    }
}
