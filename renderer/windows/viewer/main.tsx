import { mount } from '../../app/mount.tsx'
import { readViewerAddress } from '../../app/viewer-address.ts'
import { Viewer } from './viewer.tsx'
import './viewer-window.css'

mount(<Viewer address={readViewerAddress(location.search)} />)
